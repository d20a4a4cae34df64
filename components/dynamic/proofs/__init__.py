"""Tracked proofs: transfers that arrived, pairs that can vote, and what the bridge survives.

May import dynamic.base and what dynamic/ may import.
"""
