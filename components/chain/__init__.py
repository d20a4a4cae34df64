"""The chains: consoles, transactions, the bridge contract, validators, tokens and coins, and the plans for them.

Used by dynamic/, adoption/ and stack/. May import ssh, user_input and domain; not Pulumi.
"""
