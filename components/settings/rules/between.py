"""Rules between values of a configuration.

They look at what is right in it, so that they report even where another value is wrong. Each says where (the path of
the key), what is wrong, and what to write instead.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from components.domain.limits import MAX_OPERATORS
from components.domain.problems.problem import Message
from components.domain.problems.settings import (
    DUPLICATE,
    IMPOSSIBLE_THRESHOLD,
    OUT_OF_RANGE,
    UNKNOWN_NAME,
    WRONG_COUNT,
)
from components.domain.quorum import FAULT_TOLERANT
from components.domain.roles import BASTION, VALIDATOR
from components.settings.rules import (
    adoption,
    aws,
    aws_options,
    contracts,
    existing,
    monitoring,
    packages,
    parent,
    tokens,
)
from components.settings.rules.raw import repeated, section
from components.settings.rules.sections import Sections, sections
from components.settings.sentences import at, nearest


def problems(raw: Mapping[str, Any]) -> Iterator[Message]:
    """Return a message for all values that do not fit together. The model reports what is wrong in itself."""
    found = sections(raw)
    yield from _pairs(found, listed=isinstance(raw.get("pairs"), list))
    yield from _scns(found, section(raw, "serviceChain").get("nodes"))
    yield from parent.problems(raw, found)
    yield from packages.problems(raw, found)
    yield from aws.problems(raw)
    yield from aws_options.problems(raw, found)
    yield from tokens.problems(found)
    yield from contracts.problems(found)
    yield from existing.problems(raw, found)
    yield from adoption.problems(raw, found)
    yield from monitoring.problems(raw, found)
    yield from _gas_price(found)


def _gas_price(found: Sections) -> Iterator[Message]:
    most = found.bridge.max_gas_price if found.bridge else None
    if most is not None and found.parent and found.parent.ours and most < (price := found.parent.unit_price):
        yield at(
            "bridge.maxGasPrice",
            OUT_OF_RANGE(
                f"{most} gkei is less than gas costs on the parent chain, {price} gkei; write {2 * price} or more"
            ),
        )


def _pairs(found: Sections, *, listed: bool) -> Iterator[Message]:
    count = found.pair_count
    if listed and count == 0:
        yield at("pairs", WRONG_COUNT("there is no pair; list 1 or more, 2 or more for high availability"))
    if count > MAX_OPERATORS:
        yield at(
            "pairs",
            WRONG_COUNT(
                f"{count} pairs; a bridge contract takes {MAX_OPERATORS} operators, so list {MAX_OPERATORS} or fewer"
            ),
        )
    for name, times in repeated(pair.name for pair in found.pairs if pair):
        yield at("pairs", DUPLICATE(f"the name {name!r} is used {times} times; give each pair a name of its own"))
    if not found.bridge:
        return
    threshold, where = found.bridge.threshold, "bridge.threshold"
    if threshold < 1:
        yield at(where, IMPOSSIBLE_THRESHOLD(f"{threshold} would let transfers pass without a vote; write 1 or more"))
    elif threshold > MAX_OPERATORS:
        yield at(
            where,
            IMPOSSIBLE_THRESHOLD(
                f"{threshold} is more than the {MAX_OPERATORS} operators that a contract takes; write fewer than the "
                "pairs"
            ),
        )
    elif count and threshold > count and found.bridge.removes_others:
        advice = "write 1" if count == 1 else f"write {count - 1}, which survives the loss of a pair"
        yield at(where, IMPOSSIBLE_THRESHOLD(f"{threshold} votes are impossible with {count} pair(s); {advice}"))


def _scns(found: Sections, listed: object) -> Iterator[Message]:
    names = found.child.nodes if found.child else []
    if found.child and not names and not (isinstance(listed, list) and listed):  # nor wrong names only
        yield at(
            "serviceChain.nodes", WRONG_COUNT(f"there is no SCN; list {FAULT_TOLERANT} to survive the loss of one")
        )
    count = len(listed) if isinstance(listed, list) else len(names)
    if names and found.pair_count > count:
        yield at(
            "pairs",
            WRONG_COUNT(
                f"{found.pair_count} pairs and {count} SCN(s): each pair needs its own SCN; add to serviceChain.nodes"
            ),
        )
    for name, times in repeated(names):
        yield at(
            "serviceChain.nodes", DUPLICATE(f"the name {name!r} is used {times} times; give each SCN a name of its own")
        )
    for scn, times in repeated(found.paired):
        yield at(
            "pairs",
            DUPLICATE(
                f"the SCN {scn!r} is in {times} pairs; an SCN can bridge to one EN only, so give each pair its own"
            ),
        )
    for index, wanted in enumerate(found.pair_scns):
        if names and wanted and wanted not in names:
            yield at(
                f"pairs[{index}].scn",
                UNKNOWN_NAME(f"{wanted!r} is not listed in serviceChain.nodes; {nearest(wanted, names)}"),
            )
    reserved = {pair.en for pair in found.pairs if pair} | {VALIDATOR, BASTION}
    for name in names:
        if name in reserved:
            yield at("serviceChain.nodes", DUPLICATE(f"the name {name!r} is used by another machine; choose another"))
