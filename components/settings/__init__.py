"""What can be configured: kinds of values, sections, the model of a stack, and the rules between values. Pure.

`model.Settings` is what the rest of the program uses. May import domain.
"""
