"""Tracked resources on machines: local hosts, existing hosts, first login, placement, and how much data may go.

May import dynamic.base and what dynamic/ may import.
"""
