"""Roles of nodes, the program of each, and the names of the machines that follow from them. Pure data."""

from typing import Literal

PairRole = Literal["en", "scn"]
"""The two halves of a pair: an endpoint node of the parent chain, a consensus node of the child chain."""
Role = Literal["en", "scn", "validator"]
"""`validator` is the single validator of a private parent chain that the stack runs."""

Program = Literal["ken", "kscn", "kcn"]
PROGRAMS: dict[str, Program] = {"en": "ken", "scn": "kscn", "validator": "kcn"}
"""By role."""

BRIDGE_APIS: dict[str, str] = {"en": "mainbridge", "scn": "subbridge"}
"""API namespace of a node's half of a bridge, by role."""
DRIVING_APIS = ("admin", "debug", "mainbridge", "miner", "personal", "subbridge")
"""API namespaces that control the node, its keys or the bridge: they belong on the IPC socket only."""

VALIDATOR = "parent"
"""Name of the validator's machine."""
BASTION = "bastion"
"""Name of the machine through which SSH goes, where the stack makes one."""


def en_name(pair: str) -> str:
    """Return the name of a pair's EN, and of its machine."""
    return f"{pair}-en"
