"""Who a node is connected to, what two nodes compare before they talk, and why a peer is missing.

May import chain.rpc, and nothing of contracts.
"""
