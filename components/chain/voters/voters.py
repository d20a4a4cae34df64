"""Whether the pairs of a bridge can vote now, and whether a bridge can do without a vote.

A vote that is taken away, and a threshold that falls, are not undone by the pairs that stay: when too few of them can
vote, transfers stand still. So they are looked at before.
"""

import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from components.chain.contracts.plan import BridgeState
from components.chain.errors import ChainError
from components.chain.nodes.readiness import miscounts
from components.chain.nodes.registration import one_peer, settled_registration
from components.chain.rpc.console import Console
from components.chain.rpc.head import behind
from components.chain.rpc.waiting import Waiting, wait_for
from components.chain.voters.roster import Roster, Voter, roster_of
from components.chain.voters.voter_plan import require_carried, require_enough

LOOK_SECONDS = 30.0
"""For so long a look at the pairs is good for several votes that go at once: each dead pair costs 10 s."""

SETTLE_SECONDS = 10.0
"""For what passes by itself, such as a block that has just been announced."""

PATIENCE = 20.0
"""Seconds for pairs that are needed to be able to vote."""

_looks: dict[Roster, tuple[float, Mapping[str, str]]] = {}
_lock = threading.Lock()


def unable(roster: Roster, enough: int) -> Mapping[str, str]:
    """Return the pairs that cannot vote now, each with the reason.

    While fewer than `enough` can, it is tried again for some seconds: a node may be restarted in this run.
    """
    with _lock:
        when, found = _looks.get(roster, (0.0, {}))
        if roster not in _looks or time.monotonic() - when > LOOK_SECONDS:
            waiting = Waiting(PATIENCE)
            while len(found := look(roster)) > len(roster.voters) - enough and not waiting.over:
                waiting.pause(2)
            _looks[roster] = (time.monotonic(), found)
        return found


def look(roster: Roster) -> Mapping[str, str]:
    """Return the same from a look at this moment."""
    with ThreadPoolExecutor(max(1, len(roster.voters))) as pool:
        reasons = pool.map(lambda voter: _reason(voter, roster), roster.voters)
        return {voter.pair: why for voter, why in zip(roster.voters, reasons, strict=True) if why}


def require_voters(bridge: str, state: BridgeState, going: Iterable[str], step: str) -> None:
    """Raise Refused unless the bridge can do without the votes of the operators `going`.

    Nothing is asked where no pairs are declared: then the whole stack goes.
    """
    roster = roster_of(bridge)
    if roster is not None:
        staying = {one.lower() for one in state.operators} - {one.lower() for one in going}
        there = roster.only(frozenset(staying))
        require_enough(state.threshold, len(staying), step)
        pairs = [voter.pair for voter in there.voters]
        require_carried(state.threshold, pairs, unable(there, min(state.threshold, len(pairs))), step)


def _reason(voter: Voter, roster: Roster) -> str:
    """Return why a pair cannot vote: nodes that do not answer, are not connected, do not serve, or count wrong."""
    try:
        with closing(Console(voter.scn)) as scn, closing(Console(voter.en)) as en:
            wait_for(lambda: _votes(scn, en), SETTLE_SECONDS)
            if not settled_registration(scn, roster.child_bridge, roster.parent_bridge).live:
                return f"{scn.node}: it is not subscribed to the bridge"
    except ChainError as error:
        return str(error)
    return ""


def _votes(scn: Console, en: Console) -> bool | str:
    """Tell whether the nodes of a pair can vote at this moment.

    A node that is in sync says of some moments that it is not: what a peer has told and what is imported differ then.
    """
    for missing in (behind(en), one_peer(scn)):
        if isinstance(missing, str):
            return missing
    wrong = miscounts(scn, "child", scn) or miscounts(scn, "parent", en)
    return f"{scn.node}: {wrong}" if wrong else True
