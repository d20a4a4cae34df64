"""Sections of the configuration, one file per section. Rules between values are in settings.rules. Pure."""
