"""Which SCNs have seen a request: from what was read of them and of their ENs. Pure.

An SCN cannot be asked for the requests that it has in memory without a change of its counters
(`subbridge_getBridgeInformation`). So this is derived from what an SCN needs to see a request: the block of the
request, and that the SCN serves the contracts.
"""

from collections.abc import Collection, Iterator

from pydantic import Field

from components.domain.networks import Side
from components.domain.problems.operations.state import STACK_NOT_UP
from components.watch.judging.pairs import why_unlinked
from components.watch.readings import Missing, Readings, known
from components.watch.report import Row
from components.watch.targets import PairTarget, Targets


class SightRow(Row):
    """Whether the SCN of a pair has seen the request.

    It has if it has voted for it. Otherwise it counts as having seen it if it serves both contracts at this moment and
    the node whose blocks it reads has the block of the request: the SCN itself where the child chain is the source, its
    EN where it is the parent chain. An SCN that comes back looks up all requests that are still open, so this is right
    for an open one. Of a paid one, an SCN that was started after the payment is unknown; whether one was without its EN
    until then is not told.
    """

    pair: str
    scn: str
    seen: bool | None = Field(description="null where it is not known")
    why: str | None = Field(description="why not, or why it is not known; null if it has seen it")


def sights(
    targets: Targets,
    readings: Readings,
    source: Side,
    block: int,
    voters: Collection[str | None],
    paid: float | None = None,
) -> Iterator[SightRow]:
    """Yield a row for each pair.

    `block`: of the request on its chain, `source`; `voters`: pairs that have voted; `paid`: seconds since the payment,
    None for a request that is open, or was paid nobody knows when.
    """
    for pair in targets.pairs:
        seen, why = (True, None) if pair.name in voters else _seen(pair, readings, source, block)
        if seen and pair.name not in voters and _started_after(pair, readings, paid):
            seen, why = None, f"{pair.scn} was started after it was paid"
        yield SightRow(pair=pair.name, scn=pair.scn, seen=seen, why=why)


def _seen(pair: PairTarget, readings: Readings, source: Side, block: int) -> tuple[bool | None, str | None]:
    reads = pair.scn if source == "child" else pair.en
    if unknown := [node for node in (pair.scn, reads) if node not in readings.nodes]:
        return None, STACK_NOT_UP(f"{pair.name}: its node {unknown[0]} is not in the state of the stack")
    bridge, chain = readings.nodes[pair.scn].bridge, readings.nodes[reads].chain
    if bridge is None or isinstance(bridge, Missing):
        return None, bridge.reason if bridge else None
    if not bridge.subscribed:
        return False, f"{pair.scn} does not serve the bridge contracts"
    if source == "parent" and (unlinked := why_unlinked(pair, bridge, readings)):
        return None, unlinked
    if isinstance(chain, Missing):
        return None, chain.reason
    if chain.head < block:
        return False, f"{reads} is at block {chain.head}"
    return True, None


def _started_after(pair: PairTarget, readings: Readings, paid: float | None) -> bool:
    machine = readings.nodes[pair.scn].machine
    opened = None if isinstance(machine, Missing) else known(machine.opened)
    return paid is not None and opened is not None and opened < paid
