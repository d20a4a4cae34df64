"""Transactions: sent, followed until they are mined, priced, and why a node or a contract refuses them.

May import chain.rpc and chain.accounts. `batch.carry_out` is the one way to send.
"""
