"""Tracked resources on nodes: files, the running node, adoption, sync, the slot of an EN, registration.

May import dynamic.base and what dynamic/ may import.
"""
