"""Kinds of values in the configuration, each with its rule and the message for a value that breaks it. Pure.

Used by settings.sections. May import domain.
"""
