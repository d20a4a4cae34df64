"""kend.conf, kscnd.conf and kcnd.conf: the packaged file with our keys set in place.

The daemon scripts source these files as bash. A key that the packaged file has is replaced where it stands, with
its comment; one that it lacks is added at the end.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ASSIGNMENT = re.compile(r"^(?P<key>[A-Z][A-Z0-9_]*)=(?P<value>\"[^\"]*\"|\S*)(?P<rest>.*)$")
_SAFE = re.compile(r"[A-Za-z0-9_./:,=@%+ -]*")

Conf = Mapping[str, str | int]


def render(packaged: str, values: Conf) -> str:
    """Return the packaged conf with these values.

    Raises ValueError when a value holds a character that bash would not take literally between double quotes.
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
    """The bridge side of an SCN."""

    parent_chain_id: int
    anchoring: bool
    anchoring_period: int
    """Blocks of the child chain from one anchor to the next."""
    recovery_interval: int
    """Seconds between two looks for missed transfers."""


def _node(network_id: int, data_dir: str) -> dict[str, str | int]:
    """Return what all nodes of a private chain share.

    One channel a peer: every handshake of v1.0.3 now and then hangs until its limit of 5 s, and two channels need
    three of them (tried). RPC is on loopback, without the bridge's APIs: they are served on the IPC socket alone
    (domain: trap 2); metrics, which can listen on all addresses only, are off. The scripts' watchdog and the node's
    own restart after 15 quiet minutes are off: whoever starts the node watches it.

    Archive mode, because a killed node otherwise comes back up to 128 blocks behind its own past. A validator would
    have lost those blocks, an SCN would count its child operator's nonce from there, and through an EN its SCN would
    count the parent operator's: it then signs with used nonces for good ("nonce too low", no anchor and no vote;
    tried).
    """
    return {
        "NETWORK_ID": network_id,
        "RPC_ENABLE": 1,
        "RPC_API": "klay,eth,net,web3",
        "RPC_ADDR": "127.0.0.1",
        "RPC_CORSDOMAIN": "",
        "RPC_VHOSTS": "localhost",
        "WS_ENABLE": 0,
        "WS_ADDR": "127.0.0.1",
        "METRICS": 0,
        "PROMETHEUS": 0,
        "AUTO_RESTART": 0,
        "AUTO_RESTART_NODE": 0,
        "NO_DISCOVER": 1,
        "MULTICHANNEL": 0,
        "ADDITIONAL": "--ntp.disable --gcmode archive",
        "DATA_DIR": data_dir,
    }


def validator(network_id: int, data_dir: str) -> Conf:
    """Return the keys of kcnd.conf for the validator of a private parent chain."""
    return {
        **_node(network_id, data_dir),
        "NETWORK": "",
        "REWARDBASE": "",  # the packaged value, 0x0, is refused by the node
    }


def endpoint_node(network_id: int, data_dir: str) -> Conf:
    """Return the keys of kend.conf for an EN with a main bridge.

    The indexing of child hashes stays off: it walks the whole chain at the first block (node-behaviour 3).
    """
    return {
        **_node(network_id, data_dir),
        "NETWORK": "",
        "SC_MAIN_BRIDGE": 1,
        "SC_MAIN_BRIDGE_INDEXING": 0,
    }


def service_chain_node(network_id: int, data_dir: str, bridge: SubBridge | None) -> Conf:
    """Return the keys of kscnd.conf for an SCN, with a sub bridge or without."""
    conf = _node(network_id, data_dir)
    if bridge is None:
        return {**conf, "SC_SUB_BRIDGE": 0}
    return {
        **conf,
        "SC_SUB_BRIDGE": 1,
        "SC_PARENT_CHAIN_ID": bridge.parent_chain_id,
        "SC_ANCHORING": int(bridge.anchoring),
        "SC_ANCHORING_PERIOD": bridge.anchoring_period,
        "SC_VTRECOVERY": 1,
        "SC_VTRECOVERY_INTERVAL": bridge.recovery_interval,
    }
