"""Validators of the child chain: who has a seat, and what has to hold before anybody votes.

May import chain.nodes and what is below. `validator_plan` is pure.
"""
