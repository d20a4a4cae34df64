"""A short program, see __main__."""
