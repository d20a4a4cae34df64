"""What the policy pack objects to.

Numbers 700 to 799.
"""
