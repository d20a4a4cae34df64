"""Roles of nodes, the program of each, and the names of the machines that follow from them. Pure data."""

from typing import Final, Literal

from components.domain.networks import Side

PairRole = Literal["en", "scn"]
"""The two halves of a pair: an endpoint node of the parent chain, a consensus node of the child chain."""
Role = Literal["en", "scn", "validator"]
"""`validator` is the single validator of a private parent chain that the stack runs."""
MachineRole = Literal["en", "scn", "validator", "monitor"]
"""`monitor` is the machine that reads the others."""

SIDE_OF: dict[str, Side] = {"validator": "parent", "en": "parent", "scn": "child"}
"""The chain of a node, by role; in the order in which nodes are listed."""

Program = Literal["ken", "kscn", "kcn"]
PROGRAMS: dict[str, Program] = {"en": "ken", "scn": "kscn", "validator": "kcn"}
"""By role."""

BRIDGE_APIS: dict[str, str] = {"en": "mainbridge", "scn": "subbridge"}
"""API namespace of a node's half of a bridge, by role."""
DRIVING_APIS = ("admin", "debug", "mainbridge", "miner", "personal", "subbridge")
"""API namespaces that control the node, its keys or the bridge: they belong on the IPC socket only."""

VALIDATOR = "parent"
"""Name of the validator's machine."""
MONITOR: Final = "monitor"
"""Name and role of the machine with Prometheus and Alertmanager. No node runs on it."""
MONITORING_UNITS: Final = "servicechain-ha-"
"""How the names of the systemd units begin that run programs of the monitoring."""
BASTION = "bastion"
"""Name of the machine through which SSH goes, where the stack makes one."""


def daemon_of(program: str) -> str:
    """Return the name of the script, and of the systemd service, that starts and stops a program."""
    return f"{program}d"


def en_name(pair: str) -> str:
    """Return the name of a pair's EN, and of its machine."""
    return f"{pair}-en"
