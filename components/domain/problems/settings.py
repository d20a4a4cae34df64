"""What is wrong with the settings of a stack, or with a file that they name.

Numbers 100 to 199.
"""
