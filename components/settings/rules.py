"""Reading a configuration: every problem of it at once, in sentences, before any resource exists.

A problem says where (the path of the key), what is wrong, and what to write instead. Values of secrets never appear.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from components.chain.plan import MAX_OPERATORS
from components.settings import (
    adoption_rules,
    aws_rules,
    contracts_rules,
    existing_rules,
    fees_rules,
    funds_rules,
    owner,
    parent_rules,
    tokens_rules,
)
from components.settings.model import Settings, scn_names
from components.settings.sentences import at, nearest, sentence
from components.settings.types import hidden

FAULT_TOLERANT_SCNS = 4
"""Istanbul BFT: 4 validators survive the loss of one, 2 or 3 survive none."""


class BadSettings(Exception):
    """The configuration cannot be used. `problems` has a sentence for each reason."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems = [hidden(problem) for problem in problems]
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"{count} in the configuration of this stack:\n{lines}")


def read(raw: Mapping[str, Any]) -> Settings:
    """Return the settings in a configuration (keys without the namespace). Raises BadSettings with all problems."""
    problems: list[str] = []
    settings = None
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        problems += [sentence(problem) for problem in error.errors(include_url=False)]
    problems += _between(raw)
    if settings is not None and not problems:
        problems += fees_rules.problems(settings)
        problems += funds_rules.problems(settings)
    if problems or settings is None:
        raise BadSettings(problems)
    return settings


def warnings(settings: Settings) -> list[str]:
    """Return what is allowed and yet should be known."""
    found = []
    pairs, threshold, scns = len(settings.pairs), settings.bridge.threshold, len(settings.service_chain.nodes)
    if pairs == 1:
        found.append(
            "1 pair is a single point of failure: anchoring and value transfer stop with it; add a second pair"
        )
    elif threshold == pairs and settings.bridge.threshold_set:
        found.append(
            f"threshold {threshold} of {pairs} pairs has no fault tolerance: one lost pair stops all value transfer "
            f"until it is back; a threshold of {pairs - 1} or less survives a loss"
        )
    joined = settings.service_chain.genesis is not None or any(map(settings.adopts, settings.service_chain.nodes))
    more = ", unless others have more" if joined else ""
    if scns < FAULT_TOLERANT_SCNS:
        found.append(
            f"{scns} SCN(s): the child chain stops when one is lost, and all anchoring and value transfer with it{more}"
            f"; {FAULT_TOLERANT_SCNS} survive the loss of one"
        )
    if not settings.bridge.threshold_set and pairs > 1:
        found.append(
            "bridge.threshold is not given, so the contracts keep their own, which the output `threshold` shows after "
            "up: where the pairs that are left have fewer votes than that, a lost pair stops all value transfer"
        )
    found += aws_rules.warnings(settings)
    return found


# -- rules between values: they look at the raw values, so that they speak even where another value is wrong --


def _between(raw: Mapping[str, Any]) -> Iterator[str]:
    pairs = [pair for pair in _list(raw.get("pairs")) if isinstance(pair, Mapping)]
    yield from _pairs(raw, pairs)
    yield from _scns(raw, pairs)
    yield from parent_rules.problems(raw)
    yield from aws_rules.problems(raw)
    yield from tokens_rules.problems(raw)
    yield from contracts_rules.problems(raw)
    yield from existing_rules.problems(raw)
    yield from adoption_rules.problems(raw)
    keys = [_section(raw, "bridge").get(f"{chain}OwnerKey") for chain in ("parent", "child")]
    if isinstance(keys[0], str) and keys[0] == keys[1] and not contracts_rules.adopted(raw):
        yield at("bridge.childOwnerKey", owner.SAME_OWNER)
    for key, words in owner.problems(_section(raw, "bridge")):
        yield at(f"bridge.{key}", words)
    yield from _gas_price(raw)


def _gas_price(raw: Mapping[str, Any]) -> Iterator[str]:
    chain, most = _section(raw, "parentChain"), _section(raw, "bridge").get("maxGasPrice")
    price = chain.get("unitPrice", 25)
    known = chain.get("network", "private") == "private" and chain.get("genesis") is None
    if known and isinstance(most, int) and isinstance(price, int) and 0 < most < price:
        yield at(
            "bridge.maxGasPrice",
            f"{most} gkei is less than gas costs on the parent chain, {price} gkei; write {2 * price} or more",
        )


def _pairs(raw: Mapping[str, Any], pairs: list[Mapping[str, Any]]) -> Iterator[str]:
    count = len(_list(raw.get("pairs")))
    if isinstance(raw.get("pairs"), list) and count == 0:
        yield at("pairs", "there is no pair; list 1 or more, 2 or more for high availability")
    if count > MAX_OPERATORS:
        yield at(
            "pairs",
            f"{count} pairs; a bridge contract takes {MAX_OPERATORS} operators, so list {MAX_OPERATORS} or fewer",
        )
    for name, times in _repeated(pair.get("name") for pair in pairs):
        yield at("pairs", f"the name {name!r} is used {times} times; give each pair a name of its own")
    threshold = _section(raw, "bridge").get("threshold", 1)
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
    elif count and threshold > count and not contracts_rules.keeps_others(raw):
        advice = "write 1" if count == 1 else f"write {count - 1}, which survives the loss of a pair"
        yield at(where, f"{threshold} votes can never come together from {count} pair(s); {advice}")


def _scns(raw: Mapping[str, Any], pairs: list[Mapping[str, Any]]) -> Iterator[str]:
    nodes = _section(raw, "serviceChain").get("nodes")
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
    for name, times in _repeated(names):
        yield at("serviceChain.nodes", f"the name {name!r} is used {times} times; give each SCN a name of its own")
    for scn, times in _repeated(pair.get("scn") for pair in pairs):
        yield at(
            "pairs",
            f"the SCN {scn!r} is in {times} pairs; an SCN bridges to one EN only, so give each pair its own",
        )
    for index, pair in enumerate(pairs):
        wanted = pair.get("scn")
        if names and isinstance(wanted, str) and wanted not in names:
            hint = nearest(wanted, [name for name in names if isinstance(name, str)])
            yield at(f"pairs[{index}].scn", f"{wanted!r} is none of serviceChain.nodes; {hint}")
    reserved = {f"{pair.get('name')}-en" for pair in pairs} | {"parent", "bastion"}
    for name in names:
        if isinstance(name, str) and name in reserved:
            yield at("serviceChain.nodes", f"the name {name!r} is taken by another machine; choose another")


def _repeated(values: Iterator[Any] | list[Any]) -> list[tuple[str, int]]:
    counts = Counter(value for value in values if isinstance(value, str))
    return [(value, times) for value, times in counts.items() if times > 1]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _section(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = raw.get(name)
    return section if isinstance(section, Mapping) else {}
