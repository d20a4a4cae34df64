"""Rules between values of the configuration. Pure.

`between.problems` runs them all, for topology/checks. May import the rest of settings.
"""
