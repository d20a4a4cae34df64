"""What is wrong on a chain: RPC, accounts, keys, funds, transactions, validators.

Numbers 400 to 499.
"""
