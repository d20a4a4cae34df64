"""Defaults that depend on the parent chain: on public networks gas costs real coins. Explicit settings win."""

from collections.abc import Mapping
from typing import Any

from components.domain.gas import PUBLIC_OPERATOR_GAS_LIMIT
from components.domain.networks import CHAIN_IDS

PUBLIC: Mapping[str, Mapping[str, object]] = {
    "anchoring": {"period": 3600},
    "recovery": {"interval": 60},
    "bridge": {"operatorBalance": 20, "operatorGasLimit": PUBLIC_OPERATOR_GAS_LIMIT},
}
"""At 750 gkei an anchor costs 0.029 coins: one per hour costs a pair 0.7 coins a day, one every 10 blocks 250. Each
look for missed transfers may cost a transaction per request. An operator has to hold its gas limit times the price:
0.75 coins instead of 7.5."""


def filled_in(raw: Any) -> Any:
    """Return the configuration with the defaults for a public parent chain filled in, if it has one."""
    parent = raw.get("parentChain") if isinstance(raw, Mapping) else None
    if not isinstance(parent, Mapping) or parent.get("network") not in list(CHAIN_IDS):
        return raw
    known = {name: _section(raw.get(name, {}), defaults) for name, defaults in PUBLIC.items()}
    return {**raw, **known}


def _section(given: Any, defaults: Mapping[str, object]) -> Any:
    return {**defaults, **given} if isinstance(given, Mapping) else given
