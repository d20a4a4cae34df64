"""TCP ports. Those of the nodes are the defaults of their packages. Pure data."""

MAIN_BRIDGE_PORT = 50505
"""An EN's main bridge accepts its one SCN here. It has no authentication."""
SUB_BRIDGE_PORT = 50506
"""An SCN's sub bridge would listen here; it only dials, so nobody has to reach it."""
EN_PORT = 32323
"""Peers of an EN, and of the validator of a private parent chain that the stack runs. Also UDP discovery."""
SCN_PORT = 22323
"""Peers of an SCN."""
RPC_PORT = 8551
"""JSON-RPC over HTTP."""
METRICS_PORT = 61001
"""Prometheus metrics; the node listens on all addresses."""

MACHINE_METRICS_PORT = 9100
"""node_exporter: metrics of a machine, and what our exporter read of its node."""
PROMETHEUS_PORT = 9090
ALERTMANAGER_PORT = 9093

SSH_PORT = 22
HTTP_PORT = 80
HTTPS_PORT = 443
LAST_PORT = 65535


def peer_ports(first: int) -> tuple[int, int]:
    """Return the first and the last port of a node's peers: a node with two channels listens on two ports."""
    return first, first + 1
