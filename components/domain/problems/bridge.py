"""What is wrong with the bridge: contracts, operators, thresholds, fees, tokens, transfers.

Numbers 500 to 599.
"""
