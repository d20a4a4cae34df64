"""A healthy bridge of two pairs as Prometheus reads it, and how a cause changes it. One sample a minute."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.watch.metrics import contract_series as contract
from components.watch.metrics import exporter_series as node
from components.watch.metrics.machine_series import CLOCK, UP
from components.watch.metrics.series import Series

Labels = Mapping[str, str]
Value = float | None
"""None where the series is missing."""
Healthy = Callable[[int], float]
"""The value at a moment, in seconds."""
Effect = Callable[[float, float, float], float]
"""A value made of the healthy one, the seconds since the cause began, and the moment."""

STACK = "dev"
PAIRS = {"pair-1": ("pair-1-en", "scn-1"), "pair-2": ("pair-2-en", "scn-2")}
NODES: Mapping[str, Labels] = {
    "parent": {"role": "validator", "chain": "parent"},
    "pair-1-en": {"role": "en", "chain": "parent", "pair": "pair-1"},
    "pair-2-en": {"role": "en", "chain": "parent", "pair": "pair-2"},
    "scn-1": {"role": "scn", "chain": "child", "pair": "pair-1"},
    "scn-2": {"role": "scn", "chain": "child", "pair": "pair-2"},
    "scn-3": {"role": "scn", "chain": "child"},
    "scn-4": {"role": "scn", "chain": "child"},
}
FIRST = {"parent": 100_000, "child": 5_000}
"""The head of each chain at the start: both make a block per second."""
REQUESTS = {"parent": 10, "child": 20}
"""Requests that were made on each chain, all of them handled."""
MINED = {"parent": 1_000, "child": 50}
PERIOD = 10
GIB = 2.0**30


@dataclass(frozen=True)
class Change:
    """What a cause does to some series."""

    series: Series
    value: Value | Effect
    """A new value, or what becomes of the healthy one."""
    labels: Labels


def change(series: Series, value: Value | Effect, **labels: str) -> Change:
    """Change the series that have these labels."""
    return Change(series, value, labels)


def healthy() -> Iterator[tuple[Series, dict[str, str], Healthy]]:
    """Yield every series with its labels and values."""
    for number, (name, about) in enumerate(NODES.items()):
        target = {"stack": STACK, "node": name, **about, "instance": f"192.0.2.{number + 1}"}
        exported = {**target, "job": "machine"}
        yield UP, exported, lambda _: 1
        yield UP, {**target, "job": "kaia"}, lambda _: 1
        yield CLOCK, exported, lambda now: now
        for series, labels, value in (*_node(about["chain"]), *_contract(about["chain"])):
            yield series, {**exported, **labels}, value
        if about["role"] == "scn" and "pair" in about:
            for series, labels, value in _scn():
                yield series, {**exported, **labels}, value


Rows = Iterable[tuple[Series, dict[str, str], Healthy]]


def _always(*values: tuple[Series, float]) -> Rows:
    return [(series, {}, lambda _, value=value: value) for series, value in values]  # type: ignore[misc]


def _node(chain: str) -> Rows:
    first, size = FIRST[chain], {"parent": 1, "child": 4}[chain]
    yield node.LAST_RUN, {}, lambda now: now
    yield node.HEAD_BLOCK, {}, lambda now: first + now
    yield node.HEAD_TIME, {}, lambda now: now
    yield node.BEST_PEER_BLOCK, {}, lambda now: first + now
    yield node.CHECKPOINT_BLOCK, {}, lambda now: (first + now) // 100 * 100
    yield node.CHECKPOINT_HASH, {}, lambda now: (first + now) // 100 * 7_919_000_003
    yield from _always(
        (node.UNANSWERED, 0),
        (node.NODE_UP, 1),
        (node.NODE_VERSION, 1_000_003),
        (node.NODE_STARTED, -100_000),
        (node.PEERS, 3),
        (node.VALIDATORS, size),
        (node.VALIDATORS_NEEDED, {1: 1, 4: 3}[size]),
        (node.DATA_FREE, 400 * GIB),
        (node.DATA_SIZE, 1000 * GIB),
    )


def _contract(chain: str) -> Rows:
    other = {"parent": "child", "child": "parent"}[chain]
    yield from _always(
        (contract.REQUESTED, REQUESTS[chain]),
        (contract.HANDLED, REQUESTS[other]),
        (contract.HIGHEST_HANDLED, REQUESTS[other] - 1),
        (contract.THRESHOLD, 1),
        (contract.CONFIGURATION_THRESHOLD, 1),
        (contract.OPERATORS, 2),
        (contract.RUNNING, 1),
        (contract.COINS_LOCKED, 0),
        (contract.BALANCE, 1000),
        (contract.MINIMUM, 500),
        (contract.MINTS, {"parent": 0, "child": 1}[chain]),
        (contract.UNEXPECTED_OPERATORS, 0),
        (contract.OWNER_AS_DECLARED, 1),
        (contract.THRESHOLDS_AS_DECLARED, 1),
        (contract.FEES_AS_DECLARED, 1),
    )
    gold = {"token": "gold"}
    yield contract.TOKEN_LOCKED, gold, lambda _: 0
    yield contract.TOKEN_REGISTERED, gold, lambda _: 1
    yield contract.TOKEN_BALANCE, gold, lambda _: 5e20
    for pair in PAIRS:
        who = {"operator": pair}
        yield contract.OPERATOR_REGISTERED, who, lambda _: 1
        yield contract.OPERATOR_BALANCE, who, lambda _: 100
        yield contract.OPERATOR_MINIMUM, who, lambda _: 50
        yield contract.OPERATOR_MINED, who, lambda now: mined(chain, now)
    for back in (0, 1):
        slot = {"back": str(back)}
        yield contract.RECENT_NONCE, slot, lambda _, back=back: REQUESTS[chain] - 1 - back  # type: ignore[misc]
        yield contract.RECENT_TIME, slot, lambda _, back=back: -5_000 - back  # type: ignore[misc]
        yield contract.RECENT_AMOUNT, {**slot, "asset": "coins"}, lambda _: 7


def mined(chain: str, now: float) -> float:
    """Return how many transactions of an operator are mined: on the parent chain one per anchor."""
    return MINED[chain] + (now // PERIOD if chain == "parent" else 0)


def _scn() -> Rows:
    yield from _always(
        (node.MAIN_BRIDGES, 1),
        (node.RIGHT_MAIN_BRIDGE, 1),
        (node.REGISTERED, 1),
        (node.SUBSCRIBED, 1),
        (node.ANCHORING, 1),
        (node.ANCHORING_PERIOD, PERIOD),
        (node.PENDING, 0),
    )
    yield node.ANCHORED_BLOCK, {}, lambda now: (FIRST["child"] + now) // PERIOD * PERIOD
    for side in ("parent", "child"):
        yield node.OPERATOR_NONCE, {"side": side}, lambda now, side=side: mined(side, now)  # type: ignore[misc]
        yield node.OPERATOR_NONCE_KNOWN, {"side": side}, lambda _: 1
        yield node.OPERATOR_UNLOCKED, {"side": side}, lambda _: 1


@dataclass(frozen=True)
class Phase:
    """A cause that is there for a while, in minutes from the start."""

    begin: int
    end: int
    changes: tuple[Change, ...]


def input_series(phases: Iterable[Phase], minutes: int, also: Iterable[tuple[str, str]] = ()) -> list[dict[str, Any]]:
    """Return the series as promtool reads them. A series that is missing in a phase goes stale at its begin."""
    phases = tuple(phases)
    found = []
    for series, labels, value in healthy():
        mine = [
            (phase, one)
            for phase in phases
            for one in phase.changes
            if one.series == series and one.labels.items() <= labels.items()
        ]
        inside = ",".join(f'{name}="{text}"' for name, text in labels.items())
        values = _written([_at(minute, value(60 * minute), mine) for minute in range(minutes + 1)]) if mine else ""
        found.append({"series": f"{series}{{{inside}}}", "values": values or _line(value, minutes)})
    return found + [{"series": one, "values": values} for one, values in also]


def _at(minute: int, value: float, mine: Iterable[tuple[Phase, Change]]) -> Value:
    result: Value = value
    for phase, one in mine:
        if phase.begin <= minute < phase.end:
            result = (
                one.value(value, 60.0 * (minute - phase.begin), 60.0 * minute) if callable(one.value) else one.value
            )
    return result


def _line(value: Healthy, minutes: int) -> str:
    """Return values that rise evenly in short, which promtool and this test read faster."""
    first, step = value(0), value(60) - value(0)
    if all(value(60 * minute) == first + minute * step for minute in (2, 3, 5, minutes)):
        return f"{first!r}{step:+}x{minutes}"
    return _written([value(60 * minute) for minute in range(minutes + 1)])


def _written(values: list[Value]) -> str:
    words, before = [], False
    for value in values:
        words.append(repr(float(value)) if value is not None else "stale" if before else "_")
        before = value is not None
    return " ".join(words)


def of_machine(name: str) -> tuple[Change, ...]:
    """Return what the death of a machine does: its targets are down, and all else is missing."""
    everything = {series for series, _, _ in healthy()} - {UP}
    return change(UP, 0, node=name), *(change(series, None, node=name) for series in sorted(everything, key=str))


def of_node(name: str) -> tuple[Change, ...]:
    """Return what the death of a node does: its exporter still tells that it is down, and of the disk."""
    kept = {node.NODE_UP, node.LAST_RUN, node.DATA_FREE, node.DATA_SIZE, node.UNANSWERED}
    everything = {series for series, _, _ in healthy()} - {UP, CLOCK} - kept
    gone = (change(series, None, node=name) for series in sorted(everything, key=str))
    return change(node.NODE_UP, 0, node=name), change(UP, 0, node=name, job="kaia"), *gone


def of_pair(name: str) -> tuple[Change, ...]:
    """Return what an SCN tells while its EN is away."""
    scn = PAIRS[name][1]
    return (
        change(node.MAIN_BRIDGES, 0, node=scn),
        change(node.RIGHT_MAIN_BRIDGE, 0, node=scn),
        change(node.ANCHORED_BLOCK, lambda value, since, _: value - since, node=scn),
    )
