"""TCP ports of the nodes, as their packages have them."""

MAIN_BRIDGE_PORT = 50505
"""Where an EN's main bridge takes its one SCN."""
SUB_BRIDGE_PORT = 50506
"""An SCN's sub bridge would listen here; it dials only, so nobody has to reach it."""
EN_PORT = 32323
"""Peers of an EN, and of the validator of a parent chain of our own."""
SCN_PORT = 22323
"""Peers of an SCN."""
RPC_PORT = 8551
"""JSON-RPC over HTTP."""
METRICS_PORT = 61001
"""Prometheus metrics; the node listens on all addresses."""
