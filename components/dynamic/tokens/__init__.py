"""Tracked resources on tokens: development tokens and registrations.

May import dynamic.base and what dynamic/ may import.
"""
