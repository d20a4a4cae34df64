"""Tracked resources on a bridge contract: the contract, votes, thresholds, balances and fees.

May import dynamic.base and what dynamic/ may import.
"""
