"""Kinds of values in the configuration, each with the rule and the message for a value that breaks it. Pure."""
