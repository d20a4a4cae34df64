"""Whether the pairs of a bridge can vote now, and whether a bridge can do without a vote or with a higher threshold.

If too few of the pairs can vote after such a change, transfers stop, and nothing undoes it. So they are checked before.
"""

import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

from components.chain.contracts.plan import BridgeState
from components.chain.errors import ChainError
from components.chain.nodes.journal import settled_registration
from components.chain.nodes.readiness import miscounts
from components.chain.nodes.registration import one_peer
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.head import FLICKER_SECONDS, behind
from components.chain.rpc.waiting import Waiting, wait_for
from components.chain.voters.roster import Roster, roster_of
from components.chain.voters.voter_plan import require_able_pairs, require_remaining
from components.domain.problems.bridge import PAIR_UNABLE

LOOK_SECONDS = 30.0
"""How long a check of the pairs is reused for votes that go at the same time: each dead pair costs 10 s."""

PATIENCE = 20.0
"""Seconds for pairs that are needed to be able to vote."""

_looks: dict[Roster, tuple[float, int, Mapping[str, str]]] = {}
"""When the pairs were checked, how many were waited for, and which of them could not vote."""
_lock = threading.Lock()


def unable(roster: Roster, enough: int) -> Mapping[str, str]:
    """Return the pairs that cannot vote now, each with the reason.

    While fewer than `enough` can, it is repeated for some seconds: a node may be restarting in this run.
    """
    with _lock:
        when, waited_for, found = _looks.get(roster, (0.0, 0, {}))
        dispensable = len(roster.voters) - enough
        too_short = waited_for < enough and len(found) > dispensable
        if roster not in _looks or too_short or time.monotonic() - when > LOOK_SECONDS:
            waiting = Waiting(PATIENCE)
            while len(found := unable_now(roster)) > dispensable and not waiting.over:
                waiting.pause(2)
            _looks[roster] = (time.monotonic(), enough, found)
        return found


def unable_now(roster: Roster) -> Mapping[str, str]:
    """Return the pairs that cannot vote at this moment, each with the reason."""
    nodes = {voter.pair: (voter.scn, voter.en) for voter in roster.voters}
    return why_unable(nodes, roster.child_bridge, roster.parent_bridge)


def why_unable(nodes: Mapping[str, tuple[Endpoint, Endpoint | None]], child: str, parent: str) -> dict[str, str]:
    """Return which SCNs cannot vote at this moment on transfers over a pair of contracts, and why.

    `nodes`: each SCN and the EN of its pair, by the name that the answer is to have. Where the EN is not known, what
    the SCN counts on the parent chain is not checked.
    """
    with ThreadPoolExecutor(max(1, len(nodes))) as pool:
        reasons = pool.map(lambda pair: _why_unable(pair[0], pair[1], child, parent), nodes.values())
        return {name: why for name, why in zip(nodes, reasons, strict=True) if why}


def require_voters(bridge: str, state: BridgeState, going: Iterable[str], step: str) -> None:
    """Raise Refused unless the bridge can do without the votes of the operators `going`.

    Nothing is checked where no pairs are declared: then the whole stack is destroyed.
    """
    roster = roster_of(bridge)
    if roster is not None:
        staying = {one.lower() for one in state.operators} - {one.lower() for one in going}
        require_remaining(state.threshold, len(staying), step)
        _require_able(roster, staying, state.threshold, step)


def require_voters_for(bridge: str, state: BridgeState, threshold: int, step: str) -> None:
    """Raise Refused unless the pairs can give so many votes: before a contract asks for more than it did.

    Nothing is checked where no pairs are declared.
    """
    roster = roster_of(bridge)
    if roster is not None:
        _require_able(roster, {one.lower() for one in state.operators}, threshold, step)


def _require_able(roster: Roster, operators: set[str], threshold: int, step: str) -> None:
    """Raise Refused unless enough of the pairs that own some of these operators (lower case) can vote."""
    there = roster.only(frozenset(operators))
    pairs = [voter.pair for voter in there.voters]
    require_able_pairs(threshold, pairs, unable(there, min(threshold, len(pairs))), step)


def _why_unable(scn: Endpoint, en: Endpoint | None, child: str, parent: str) -> str:
    """Return why an SCN cannot vote: not running, not connected, behind, not serving, or counting wrong."""
    try:
        with ExitStack() as stack:
            own = stack.enter_context(closing(Console(scn)))
            other = stack.enter_context(closing(Console(en))) if en else None
            wait_for(lambda: _can_vote(own, other), FLICKER_SECONDS)
            if not settled_registration(own, child, parent).live:
                return f"{own.node}: it does not serve the bridge contracts {child} and {parent}"
    except ChainError as error:
        return str(error)
    return ""


def _can_vote(scn: Console, en: Console | None) -> bool | str:
    """Return whether the nodes of a pair are in a state to vote, or a sentence with what is missing."""
    for missing in (behind(en) if en else None, one_peer(scn)):
        if isinstance(missing, str):
            return missing
    wrong = miscounts(scn, "child", scn) or (miscounts(scn, "parent", en) if en else "")
    return PAIR_UNABLE(f"{scn.node}: {wrong}") if wrong else True
