"""What the settings declare, as series: rules join with them, so that what is missing is missed. Pure.

A node that is gone has no series at all, and `0` in an expression would never be seen: these are always there.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

from components.domain.forks import Fork, expected, known
from components.domain.roles import SIDE_OF
from components.domain.units import PEB
from components.domain.versions import order
from components.settings.model import Settings
from components.topology import fees
from components.topology.machines import node_machines
from components.watch.alerts.promql import Scope

NODE = "servicechain:node_declared:info"
"""Labels node, role, chain and pair: each node of the settings."""
PAIR = "servicechain:pair_declared:info"
"""Labels pair, en and scn."""
ANCHORS = "servicechain:anchoring_declared:info"
"""Label pair: each pair whose SCN is to anchor."""
SPENDING = "servicechain:operator_spending_declared:coins_per_day"
"""Labels pair and chain: what the operator of a pair is expected to pay."""
TRANSACTION = "servicechain:operator_transaction:coins"
"""Label chain: what an operator has to hold so that its node's pool takes one transaction."""
NETWORK = "servicechain:block_rate_declared:per_second"
"""Label chain: chains that make a block per second, as all do whose block time the program knows."""


def declared(scope: Scope) -> Iterator[dict[str, Any]]:
    """Yield a recording rule for each thing that the settings declare."""
    settings = scope.settings

    def record(name: str, value: float, **labels: str) -> dict[str, Any]:
        return {"record": name, "expr": f"vector({value:g})", "labels": {"stack": scope.stack, **labels}}

    pair_of = {name: pair.name for pair in settings.pairs for name in (pair.en, pair.scn)}
    for machine in node_machines(settings):
        pair = {"pair": pair_of[machine.name]} if machine.name in pair_of else {}
        yield record(NODE, 1, node=machine.name, role=machine.role, chain=SIDE_OF[machine.role], **pair)
    spending, price = fees.per_day(settings).per_pair if settings.pairs else {}, fees.offered(settings)
    for one in settings.pairs:
        yield record(PAIR, 1, pair=one.name, en=one.en, scn=one.scn)
        if settings.anchoring_of(one).enabled and not settings.adopts(one.scn):
            yield record(ANCHORS, 1, pair=one.name)
        if spending[one.name]:
            yield record(SPENDING, spending[one.name] / PEB, pair=one.name, chain="parent")
    if price:
        yield record(TRANSACTION, settings.bridge.operator_gas_limit * price / PEB, chain="parent")
    for chain in steady_chains(settings):
        yield record(NETWORK, 1, chain=chain)


def steady_chains(settings: Settings) -> list[str]:
    """Return the chains that make a block per second; that of an existing private chain is not known."""
    own = ["child"] if settings.runs_child_chain else []
    return own if settings.parent_chain.joined else [*own, "parent"]


def forks(settings: Settings) -> list[Fork]:
    """Return the forks of the public network whose version the ENs have to have; none on a private chain."""
    more = [one.fork for one in settings.packages.forks]
    return known(settings.parent_chain.network, more) if settings.parent_chain.public else []


def fork_moment(settings: Settings, fork: Fork) -> int | None:
    """Return when a fork is expected (Unix time); None if that is not known."""
    day = expected(fork, [one.fork for one in settings.packages.forks])
    return None if day is None else int(datetime.combine(day, time(), UTC).timestamp())


def version_number(version: str) -> int:
    """Return a version like v2.2.1 as servicechain_node_version_number counts."""
    major, minor, patch, *_ = order(version) or (0, 0, 0)
    return major * 1_000_000 + minor * 1_000 + patch
