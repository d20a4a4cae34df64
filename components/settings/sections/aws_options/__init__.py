"""Sections of `aws` for what a stack may do besides its machines, each off until it is given.

sections/aws.py uses them. May import settings/values/ and domain/.
"""
