"""Tracked resources on the council of the child chain.

May import dynamic.base and what dynamic/ may import.
"""
