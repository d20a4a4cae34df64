"""A running node of the bridge: in sync, healthy, as predicted, restarted behind a gate, registered.

May import chain.peers, chain.transfers and what is below.
"""
