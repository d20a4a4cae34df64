"""Consoles of nodes: JSON-RPC over IPC through SSH, which node answers, and how far its chain is.

The lowest package of chain/: it may import chain.errors, ssh and domain.
"""
