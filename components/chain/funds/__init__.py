"""Coins: what an owner has yet to pay, and what an operator gives back.

May import the rest of chain/.
"""
