"""kend.conf, kscnd.conf and kcnd.conf: their values, and the packaged file with them set in place.

The daemon scripts source these files as bash. A key that the packaged file has is replaced in its line, which keeps
its comment; a missing key is appended. On machines with systemd flags.py makes the node's flags from the
same values, so they are complete, also where they are the packaged ones (of v1.0.3; those of v2.2.1 are the same).
Of a node that exists already, only the keys that make it part of a pair are set; see adoption/conf_edit.py.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from components.domain.gas import OPERATOR_GAS_LIMIT
from components.domain.ports import EN_PORT, MAIN_BRIDGE_PORT, RPC_PORT, SCN_PORT, SUB_BRIDGE_PORT, peer_ports

_ASSIGNMENT = re.compile(r"^(?P<key>[A-Z][A-Z0-9_]*)=(?P<value>\"[^\"]*\"|\$\(\([^)]*\)\)|\S*)(?P<rest>.*)$")
_SAFE = re.compile(r"[A-Za-z0-9_./:,=@%+ -]*|\*")  # the scripts turn file name patterns off, so a lone * is literal

_RPC_TIMEOUTS = {"READ": 30, "WRITE": 30, "IDLE": 120, "EXECUTION": 30}
"""Timeouts of the HTTP RPC of an EN, in seconds."""

Conf = Mapping[str, str | int]


def render(packaged: str, values: Conf) -> str:
    """Return the packaged conf with these values.

    Raises ValueError if a value contains a character that is not literal between double quotes in bash.
    """
    lines, placed = [], set()
    for line in packaged.splitlines():
        match = _ASSIGNMENT.match(line)
        if match and match["key"] in values:
            lines.append(_assign(match["key"], values[match["key"]]) + match["rest"])
            placed.add(match["key"])
        else:
            lines.append(line)
    lines.extend(_assign(key, value) for key, value in values.items() if key not in placed)
    return "\n".join(lines) + "\n"


def _assign(key: str, value: str | int) -> str:
    if isinstance(value, int):
        return f"{key}={value}"
    if not _SAFE.fullmatch(value):
        msg = f"conf key {key}: the value {value!r} has a character that is not allowed in a conf file"
        raise ValueError(msg)
    return f'{key}="{value}"'


@dataclass(frozen=True)
class SubBridge:
    """Settings of the sub bridge of an SCN."""

    parent_chain_id: int
    anchoring: bool
    anchoring_period: int
    """Blocks of the child chain from one anchor to the next."""
    recovery_interval: int
    """Seconds between two searches for missed transfers."""
    parent_gas_limit: int = OPERATOR_GAS_LIMIT


@dataclass(frozen=True)
class Exposure:
    """What other machines can reach on a node, if the firewall allows it."""

    rpc: bool = False
    """HTTP RPC on all addresses and for any host name, without the bridge's APIs."""
    metrics: bool = False
    """Prometheus metrics (METRICS_PORT). The node cannot restrict the addresses on which it serves them."""


NOTHING = Exposure()


def validator(network_id: int, data_dir: str, exposure: Exposure = NOTHING) -> Conf:
    """Return the keys of kcnd.conf for the validator of a private parent chain."""
    return {
        **_private(network_id),
        **_node(data_dir, EN_PORT, exposure),
        **_txpool(16384),
        "MAXCONNECTIONS": 100,
        "NETWORK": "",
        "REWARDBASE": "",  # the node refuses the packaged value, 0x0
    }


def endpoint_node(network_id: int, data_dir: str, exposure: Exposure = NOTHING) -> Conf:
    """Return the keys of kend.conf for an EN of a private chain, with a main bridge."""
    return {**_endpoint_node(data_dir, exposure), **_private(network_id), "NETWORK": ""}


def public_endpoint_node(network: Literal["kairos", "mainnet"], data_dir: str, exposure: Exposure = NOTHING) -> Conf:
    """Return the keys of kend.conf for an EN of a public network, with a main bridge.

    With an empty NETWORK_ID the node uses NETWORK and its built-in genesis. It finds its peers by discovery.
    """
    return {
        **_endpoint_node(data_dir, exposure),
        "NETWORK": network,
        "NETWORK_ID": "",
        "NO_DISCOVER": 0,
        "MULTICHANNEL": 1,
        "ADDITIONAL": "--ntp.disable",
    }


def service_chain_node(network_id: int, data_dir: str, bridge: SubBridge | None, exposure: Exposure = NOTHING) -> Conf:
    """Return the keys of kscnd.conf for an SCN, with or without a sub bridge."""
    conf = {
        **_private(network_id),
        **_node(data_dir, SCN_PORT, exposure),
        **_txpool(16384),
        "REWARDBASE": "",
        "SC_MAIN_BRIDGE": 0,
        "SC_SUB_BRIDGE": 0,
        **{f"SC_{chain}_OPERATOR_GASLIMIT": OPERATOR_GAS_LIMIT for chain in ("PARENT", "CHILD")},
        "SC_VTRECOVERY": 1,
        "SC_VTRECOVERY_INTERVAL": 5,
    }
    if bridge is None:
        return conf
    return {
        **conf,
        "SC_SUB_BRIDGE": 1,
        "SC_PARENT_OPERATOR_GASLIMIT": bridge.parent_gas_limit,
        "SC_SUB_BRIDGE_PORT": SUB_BRIDGE_PORT,  # not opened: the sub bridge only dials
        "SC_PARENT_CHAIN_ID": bridge.parent_chain_id,
        "SC_ANCHORING": int(bridge.anchoring),
        "SC_ANCHORING_PERIOD": bridge.anchoring_period,
        "SC_TX_LIMIT": 1000,
        "SC_VTRECOVERY_INTERVAL": bridge.recovery_interval,
    }


def _endpoint_node(data_dir: str, exposure: Exposure) -> dict[str, str | int]:
    """Return what all ENs share.

    The indexing of child chain blocks stays off: it reads the whole chain when it is turned on.
    """
    return {
        **_node(data_dir, EN_PORT, exposure),
        **_txpool(4096),
        "MAXCONNECTIONS": 10,
        "RPC_CONCURRENCYLIMIT": 3000,
        **{f"RPC_{of}_TIMEOUT": seconds for of, seconds in _RPC_TIMEOUTS.items()},
        "SC_MAIN_BRIDGE": 1,
        "SC_MAIN_BRIDGE_PORT": MAIN_BRIDGE_PORT,
        "SC_MAIN_BRIDGE_INDEXING": 0,
    }


def _private(network_id: int) -> dict[str, str | int]:
    """Return what all nodes of a private chain share.

    One channel per peer: in v1.0.3 a handshake sometimes hangs until its limit of 5 s, and two channels need three
    handshakes (measured).

    Archive mode: otherwise a killed node starts up to 128 blocks behind. A validator has then lost those blocks. An SCN
    counts the nonce of its child operator from there, and behind an EN also that of the parent operator; it signs with
    used nonces from then on ("nonce too low"), without anchors and votes (measured).
    """
    return {
        "NETWORK_ID": network_id,
        "NO_DISCOVER": 1,
        "MULTICHANNEL": 0,
        "ADDITIONAL": "--ntp.disable --gcmode archive",
    }


def _node(data_dir: str, port: int, exposure: Exposure) -> dict[str, str | int]:
    """Return what all nodes share.

    HTTP RPC has no API of the bridge: whoever reaches those can control the bridge, so only the IPC socket has them.
    The watchdog of the scripts and the node's own restart after 15 minutes without a block are off.
    """
    return {
        "PORT": port,
        "SUBPORT": peer_ports(port)[1],
        "SERVER_TYPE": "http",
        "SYNCMODE": "full",
        "VERBOSITY": 3,
        "RPC_ENABLE": 1,
        "RPC_API": "klay,eth,net,web3",
        "RPC_PORT": RPC_PORT,
        "RPC_ADDR": "0.0.0.0" if exposure.rpc else "127.0.0.1",  # noqa: S104 - asked for
        "RPC_CORSDOMAIN": "",
        "RPC_VHOSTS": "*" if exposure.rpc else "localhost",
        "WS_ENABLE": 0,
        "WS_ADDR": "127.0.0.1",
        **dict.fromkeys(("METRICS", "PROMETHEUS"), int(exposure.metrics)),
        "AUTO_RESTART": 0,
        "AUTO_RESTART_NODE": 0,
        "DATA_DIR": data_dir,
    }


def _txpool(slots: int) -> dict[str, str | int]:
    return {f"TXPOOL_{kind}_SLOTS_{of}": slots for of in ("ALL", "ACCOUNT") for kind in ("EXEC", "NONEXEC")}


@dataclass(frozen=True)
class BridgeKeys:
    """Keys of the conf of an existing node with the values that they must have."""

    keys: Mapping[str, str] = field(default_factory=dict)
    needed: Mapping[str, str] = field(default_factory=dict)
    """Keys that need a value, any value: without one the daemon script passes broken flags to the node."""


def main_bridge_keys() -> BridgeKeys:
    """Return those of an EN. A node with another port keeps it."""
    return BridgeKeys({"SC_MAIN_BRIDGE": "1"}, {"SC_MAIN_BRIDGE_PORT": str(MAIN_BRIDGE_PORT)})


def sub_bridge_keys(bridge: SubBridge) -> BridgeKeys:
    """Return those of an SCN."""
    values = {
        "SC_SUB_BRIDGE": 1,
        "SC_PARENT_CHAIN_ID": bridge.parent_chain_id,
        "SC_ANCHORING": int(bridge.anchoring),
        "SC_ANCHORING_PERIOD": bridge.anchoring_period,
        "SC_VTRECOVERY": 1,
        "SC_VTRECOVERY_INTERVAL": bridge.recovery_interval,
    }
    keys = {key: str(value) for key, value in values.items()}
    return BridgeKeys(keys, {"SC_SUB_BRIDGE_PORT": str(SUB_BRIDGE_PORT), "SC_TX_LIMIT": "1000"})
