"""The policy of fees: anchoring to a public parent chain costs less per day than a limit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components.domain.gas import ANCHOR, CHILD_BLOCKS_PER_DAY, HIGHEST_BASE_FEE
from components.domain.networks import CHAIN_IDS
from components.domain.problems.policies import ANCHORING_TOO_EXPENSIVE
from components.domain.units import GKEI, PEB

from .resources import Resource, Violation

PUBLIC = {chain_id: name for name, chain_id in CHAIN_IDS.items()}

ANCHOR_COST = ANCHOR * HIGHEST_BASE_FEE * GKEI / PEB
"""KAIA per anchor at the highest base fee."""

DEFAULT_LIMIT = 100.0
"""KAIA per day, all SCNs together."""

_UNIT, _CONF = r"--{}[ =]\"?([0-9]+)", r"(?m)^{}=\"?([0-9]+)"


@dataclass(frozen=True)
class Anchoring:
    """Anchoring in a node's unit or conf."""

    node: Resource
    parent: int
    period: int

    @property
    def a_day(self) -> float:
        """Return its cost per day (KAIA)."""
        return CHILD_BLOCKS_PER_DAY / self.period * ANCHOR_COST


def spending_is_limited(resources: Sequence[Resource], limit: float = DEFAULT_LIMIT) -> Iterator[Violation]:
    """Refuse anchoring that costs more than a limit: each SCN that anchors pays."""
    anchors = [one for one in map(_anchoring, resources) if one and one.parent in PUBLIC]
    total = sum(one.a_day for one in anchors)
    if anchors and total > limit:
        dearest = min(anchors, key=lambda one: (one.period, one.node.name))
        network = PUBLIC[dearest.parent]
        sentence = (
            f"anchoring to {network} costs about {total:.1f} KAIA per day ({len(anchors)} SCN(s), shortest period "
            f"{dearest.period} blocks of 1 s, {ANCHOR_COST:.3f} KAIA per anchor), more than the limit of {limit:g}; "
            "increase anchoring.period, let fewer pairs anchor, or raise maxFeePerDay of the policy"
        )
        yield Violation(dearest.node, ANCHORING_TOO_EXPENSIVE(sentence))


def _anchoring(resource: Resource) -> Anchoring | None:
    if resource.type != "command:remote:Command":
        return None
    text = resource.text("stdin")
    on = re.search(r"--anchoring\b", text) or re.search(r"(?m)^SC_ANCHORING=\"?1\b", text)
    period = _number(text, "chaintxperiod", "SC_ANCHORING_PERIOD")
    parent = _number(text, "parentchainid", "SC_PARENT_CHAIN_ID")
    return Anchoring(resource, parent, period) if on and period and parent else None


def _number(text: str, flag: str, key: str) -> int:
    found = re.search(_UNIT.format(flag), text) or re.search(_CONF.format(key), text)
    return int(found.group(1)) if found else 0
