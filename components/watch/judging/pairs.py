"""Findings on pairs: whether they can vote, whether they anchor, and what their operators hold. Pure."""

from collections.abc import Iterator

from components.domain.limits import FEW_DAYS
from components.domain.networks import SIDES, Side
from components.domain.problems.bridge import BALANCE_LOW, OPERATOR_RUNS_DRY, VOTES_CHANGED
from components.domain.problems.nodes import (
    ANCHORS_LATE,
    MISCOUNTED,
    NO_SINGLE_EN,
    NOT_REGISTERED,
    NOT_SUBSCRIBED,
    OPERATOR_LOCKED,
    OTHER_IDENTITY,
    POOL_FILLS,
    WRONG_ANCHORING,
    WRONG_BRIDGE_PEER,
)
from components.domain.problems.operations.state import STACK_NOT_UP
from components.domain.problems.problem import Message
from components.domain.units import coins
from components.watch.judging.finding import Finding
from components.watch.readings import ContractReading, Missing, Readings, SubBridgeReading
from components.watch.targets import PairTarget, Targets

LATE_PERIODS = 3
"""Anchoring is late after so many periods."""
RECEIPT_BLOCKS = 30
"""Child blocks until an SCN has the receipt of an anchor; it asks for a few at a time, once per block."""
MANY_PENDING = 1000
"""Transactions that wait for the parent chain: an SCN sends so many at once (SC_TX_LIMIT), and keeps 8192."""
SILENT_SENDS = 5
"""Times that an SCN's machine has sent the same in vain: the kernel doubles 0.2 s each time, so at least 6 s."""


def pair_findings(pair: PairTarget, targets: Targets, readings: Readings) -> Iterator[Finding]:
    """Yield what is wrong with a pair, except for what is wrong with its nodes."""

    def wrong(message: Message, *, disables: bool = False, drift: bool = False) -> Finding:
        return Finding("degraded", pair.name, message, disables, drift)

    scn = readings.nodes.get(pair.scn)
    for node in (pair.en, pair.scn):
        if node not in readings.nodes:
            words = f"{pair.name}: its node {node} is not in the state of the stack"
            yield wrong(STACK_NOT_UP(words), disables=True)
    bridge = scn.bridge if scn else None
    if isinstance(bridge, SubBridgeReading):
        yield from (wrong(words, disables=True) for words in _serving(pair, bridge, readings))
        if pair.anchoring is not None and pair.anchoring != bridge.anchoring:
            now, declared = ("off", "on") if pair.anchoring else ("on", "off")
            words = f"{pair.scn}: anchoring is {now}, but {declared} in its conf"
            yield wrong(WRONG_ANCHORING(words), drift=True)
        if late := _late(pair, bridge, readings):
            yield wrong(late)
        if bridge.pending > MANY_PENDING:
            yield wrong(POOL_FILLS(f"{pair.scn}: {bridge.pending} transactions wait for the parent chain"))
    elif isinstance(bridge, Missing) and scn and not isinstance(scn.chain, Missing):
        yield wrong(bridge.reason, disables=True)
    for side in SIDES:
        contract, operator = readings.contract(side), pair.operators[side]
        if isinstance(contract, ContractReading) and operator not in contract.operators:
            words = f"{pair.name}: its operator {operator} is not registered on the {side} chain"
            yield wrong(VOTES_CHANGED(words), disables=True, drift=True)
        yield from (wrong(words) for words in _coins(pair, side, targets, readings))


def _serving(pair: PairTarget, bridge: SubBridgeReading, readings: Readings) -> Iterator[Message]:
    """Yield why an SCN cannot vote."""
    if unlinked := why_unlinked(pair, bridge, readings):
        yield unlinked
    if not bridge.registered:
        yield NOT_REGISTERED(f"{pair.scn}: the bridge contracts are not registered")
    elif not bridge.subscribed:
        yield NOT_SUBSCRIBED(f"{pair.scn}: the bridge contracts are registered but not subscribed")
    for side, one in bridge.operators.items():
        account = readings.account(side, one.address)
        if one.address != pair.operators[side]:
            words = f"{pair.scn}: its {side} operator is {one.address}, not {pair.operators[side]}"
            yield OTHER_IDENTITY(words)
        elif not one.unlocked:
            yield OPERATOR_LOCKED(f"{pair.scn}: the key of its {side} operator {one.address} is locked")
        elif not one.synced and len(bridge.peers) == 1:
            yield MISCOUNTED(f"{pair.scn}: it does not know how many transactions its {side} operator has sent")
        elif one.synced and not isinstance(account, Missing) and one.counted < account.mined:
            words = f"it counts {one.counted} transactions of its {side} operator, and {account.mined} are mined"
            yield MISCOUNTED(f"{pair.scn}: {words}")


def why_unlinked(pair: PairTarget, bridge: SubBridgeReading, readings: Readings) -> Message | None:
    """Return why an SCN does not hear of the parent chain from its EN; None if it does."""
    if len(bridge.peers) != 1:
        return NO_SINGLE_EN(f"{pair.scn}: {len(bridge.peers)} main bridges are connected, and it needs one")
    if pair.main_bridge and bridge.peers[0] != pair.main_bridge:
        return WRONG_BRIDGE_PEER(f"{pair.scn}: the main bridge that is connected is not that of {pair.en}")
    if (times := _unanswered(pair, readings)) >= SILENT_SENDS:
        words = f"{pair.en} has not answered, though the machine has sent the same {times} times again"
        return NO_SINGLE_EN(f"{pair.scn}: {words}")
    return None


def _unanswered(pair: PairTarget, readings: Readings) -> int:
    machine = readings.nodes[pair.scn].machine
    return 0 if isinstance(machine, Missing) else machine.unanswered


def _late(pair: PairTarget, bridge: SubBridgeReading, readings: Readings) -> Message | None:
    """Return that an SCN anchors late; None if it does not, or does not anchor."""
    late = anchors_behind(bridge, readings)
    if not bridge.anchoring or late is None or late <= LATE_PERIODS * bridge.period + RECEIPT_BLOCKS:
        return None
    words = f"block {bridge.anchored} is the last that it has anchored, {late} blocks ago"
    return ANCHORS_LATE(f"{pair.scn}: {words}; the period is {bridge.period}")


def anchors_behind(bridge: SubBridgeReading, readings: Readings) -> int | None:
    """Return how many blocks of the child chain were made since the last anchored one; None if that is not known."""
    child = readings.chains["child"]
    return None if isinstance(child, Missing) else max(0, child.head - bridge.anchored)


def _coins(pair: PairTarget, side: Side, targets: Targets, readings: Readings) -> Iterator[Message]:
    operator = pair.operators[side]
    account, minimum = readings.account(side, operator), targets.minima.get((side, operator))
    if isinstance(account, Missing):
        return
    who = f"{pair.name}: its operator {operator} on the {side} chain"
    if minimum is not None and account.balance < minimum:
        yield BALANCE_LOW(f"{who} holds {coins(account.balance)} coins, less than its minimum of {coins(minimum)}")
    if (days := days_left(pair, side, account.balance)) is not None and days < FEW_DAYS:
        yield OPERATOR_RUNS_DRY(f"{who} holds {coins(account.balance)} coins, which last for {days:.1f} days")


def days_left(pair: PairTarget, side: Side, balance: int) -> float | None:
    """Return for how many days the coins of an operator last; None where nothing is paid, or it is not known."""
    return balance / pair.per_day if side == "parent" and pair.per_day else None
