"""Rules between values of a configuration.

They look at the raw values, so that they report even where another value is wrong. Each rule
says where (the path of the key), what is wrong, and what to write instead.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from components.domain.limits import MAX_OPERATORS
from components.domain.networks import SIDES
from components.domain.roles import BASTION, VALIDATOR, en_name
from components.settings.model import scn_names
from components.settings.rules import adoption, aws, contracts, existing, parent, tokens
from components.settings.rules.raw import items, repeated, section
from components.settings.sections import owner
from components.settings.sentences import at, nearest


def problems(raw: Mapping[str, Any]) -> Iterator[str]:
    """Return a sentence for all values that do not go together. What is wrong in itself, the model reports."""
    pairs = [pair for pair in items(raw.get("pairs")) if isinstance(pair, Mapping)]
    yield from _pairs(raw, pairs)
    yield from _scns(raw, pairs)
    yield from parent.problems(raw)
    yield from aws.problems(raw)
    yield from tokens.problems(raw)
    yield from contracts.problems(raw)
    yield from existing.problems(raw)
    yield from adoption.problems(raw)
    keys = [section(raw, "bridge").get(f"{chain}OwnerKey") for chain in SIDES]
    if isinstance(keys[0], str) and keys[0] == keys[1] and not contracts.adopted(raw):
        yield at("bridge.childOwnerKey", owner.SAME_OWNER)
    for key, words in owner.problems(section(raw, "bridge")):
        yield at(f"bridge.{key}", words)
    yield from _gas_price(raw)


def _gas_price(raw: Mapping[str, Any]) -> Iterator[str]:
    chain, most = section(raw, "parentChain"), section(raw, "bridge").get("maxGasPrice")
    price = chain.get("unitPrice", 25)
    known = chain.get("network", "private") == "private" and chain.get("genesis") is None
    if known and isinstance(most, int) and isinstance(price, int) and 0 < most < price:
        yield at(
            "bridge.maxGasPrice",
            f"{most} gkei is less than gas costs on the parent chain, {price} gkei; write {2 * price} or more",
        )


def _pairs(raw: Mapping[str, Any], pairs: list[Mapping[str, Any]]) -> Iterator[str]:
    count = len(items(raw.get("pairs")))
    if isinstance(raw.get("pairs"), list) and count == 0:
        yield at("pairs", "there is no pair; list 1 or more, 2 or more for high availability")
    if count > MAX_OPERATORS:
        yield at(
            "pairs",
            f"{count} pairs; a bridge contract takes {MAX_OPERATORS} operators, so list {MAX_OPERATORS} or fewer",
        )
    for name, times in repeated(pair.get("name") for pair in pairs):
        yield at("pairs", f"the name {name!r} is used {times} times; give each pair a name of its own")
    threshold = section(raw, "bridge").get("threshold", 1)
    if not isinstance(threshold, int) or isinstance(threshold, bool):
        return
    where = "bridge.threshold"
    if threshold < 1:
        yield at(where, f"{threshold} would let transfers pass without a vote; write 1 or more")
    elif threshold > MAX_OPERATORS:
        yield at(
            where,
            f"{threshold} is more than the {MAX_OPERATORS} operators that a contract takes; write fewer than the pairs",
        )
    elif count and threshold > count and not contracts.keeps_others(raw):
        advice = "write 1" if count == 1 else f"write {count - 1}, which survives the loss of a pair"
        yield at(where, f"{threshold} votes can never come together from {count} pair(s); {advice}")


def _scns(raw: Mapping[str, Any], pairs: list[Mapping[str, Any]]) -> Iterator[str]:
    nodes = section(raw, "serviceChain").get("nodes")
    try:
        names, known = scn_names(nodes), True
    except ValueError:  # told by the model
        names, known = [], False
    if known and not names:
        yield at("serviceChain.nodes", "there is no SCN; list 4 to survive the loss of one")
    if names and len(pairs) > len(names):
        yield at(
            "pairs",
            f"{len(pairs)} pairs and {len(names)} SCN(s): each pair needs an SCN of its own; add to serviceChain.nodes",
        )
    for name, times in repeated(names):
        yield at("serviceChain.nodes", f"the name {name!r} is used {times} times; give each SCN a name of its own")
    for scn, times in repeated(pair.get("scn") for pair in pairs):
        yield at(
            "pairs",
            f"the SCN {scn!r} is in {times} pairs; an SCN bridges to one EN only, so give each pair its own",
        )
    for index, pair in enumerate(pairs):
        wanted = pair.get("scn")
        if names and isinstance(wanted, str) and wanted not in names:
            hint = nearest(wanted, [name for name in names if isinstance(name, str)])
            yield at(f"pairs[{index}].scn", f"{wanted!r} is none of serviceChain.nodes; {hint}")
    reserved = {en_name(str(pair.get("name"))) for pair in pairs} | {VALIDATOR, BASTION}
    for name in names:
        if isinstance(name, str) and name in reserved:
            yield at("serviceChain.nodes", f"the name {name!r} is taken by another machine; choose another")
