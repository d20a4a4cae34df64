"""Tokens that the bridge carries: their contracts, and their registration in a bridge contract.

May import chain.transfers and what is below.
"""
