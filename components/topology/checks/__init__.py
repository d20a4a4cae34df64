"""Checks of a configuration before anything exists: `configuration.read` reports every problem at once.

Pure. May import the rest of topology and settings.
"""
