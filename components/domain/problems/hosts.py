"""What is wrong with a machine: SSH, what it offers, what else is on it.

Numbers 200 to 299.
"""
