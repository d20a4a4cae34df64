"""What a transaction of a bridge costs: a number that the program and its policies share.

It is here because a policy pack stands alone, and imports nothing of the program.
"""

ANCHOR = 38_500
"""Gas of an anchor. Measured on v1.0.3; the network test test_fees holds it against what was burned."""
