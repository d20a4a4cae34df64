"""The conf keys that make an existing node part of a pair. Pure; see adoption/conf_edit.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.domain.ports import MAIN_BRIDGE_PORT, SUB_BRIDGE_PORT
from components.kaia.conf import SubBridge


@dataclass(frozen=True)
class BridgeKeys:
    """Keys of a conf with the values that they must have."""

    keys: Mapping[str, str] = field(default_factory=dict)
    needed: Mapping[str, str] = field(default_factory=dict)
    """Keys that need a value, any value: without one the daemon script passes broken flags to the node."""


def main_bridge() -> BridgeKeys:
    """Return those of an EN. A node with another port keeps it."""
    return BridgeKeys({"SC_MAIN_BRIDGE": "1"}, {"SC_MAIN_BRIDGE_PORT": str(MAIN_BRIDGE_PORT)})


def sub_bridge(bridge: SubBridge) -> BridgeKeys:
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
