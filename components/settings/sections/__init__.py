"""Sections of the configuration, one file per section; rules between values are in settings.rules. Pure.

Used by settings.model and by whoever needs one section alone. May import settings.values and domain.
"""
