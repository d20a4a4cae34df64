"""Inputs and leftovers that a person meets."""
