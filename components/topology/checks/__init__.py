"""Checks of a configuration before anything exists: `configuration.read` reports every problem at once. Pure.

Used by stack.load, stack.preflight and stack.hosts. May import the rest of topology and what it may import.
"""
