"""Measurements, next to what they are to be compared with in the same run: `make bench`."""
