"""From readings and what they mean to the rows of a report. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from components.domain.networks import OTHER_SIDE, SIDES, Side
from components.domain.versions import version_in
from components.watch.judging.finding import way
from components.watch.judging.judge import Whole, level_of
from components.watch.judging.nodes import blocks_behind, quorum_of
from components.watch.judging.pairs import anchors_behind, days_left
from components.watch.readings import (
    ContractReading,
    Missing,
    NodeReading,
    OpenRequest,
    Read,
    Readings,
    SubBridgeReading,
    known,
)
from components.watch.report import (
    EXIT_CODES,
    ChainRow,
    ContractRow,
    DirectionRow,
    FindingRow,
    NodeRow,
    OperatorRow,
    PairRow,
    Report,
    RequestRow,
    VerdictRow,
)
from components.watch.targets import NodeTarget, PairTarget, Targets, TokenTarget


def report(stack: str, targets: Targets, readings: Readings, whole: Whole) -> Report:
    """Return the report."""
    return Report(
        stack=stack,
        time=datetime.fromtimestamp(readings.moment, UTC).isoformat(timespec="seconds"),
        seconds=round(readings.seconds, 2),
        unfinished=targets.unfinished,
        verdict=_verdict(targets, whole),
        findings=tuple(
            FindingRow(level=one.level, subject=one.subject, codes=one.message.codes, text=one.message)
            for one in whole.findings
        ),
        chains=tuple(_chain(side, targets, readings, whole) for side in SIDES),
        nodes=tuple(_node(node, readings, whole) for node in targets.nodes),
        pairs=tuple(_pair(pair, targets, readings, whole) for pair in targets.pairs),
        directions=tuple(_directions(targets, readings, whole)),
        contracts=tuple(_contract(side, targets, readings, whole) for side in SIDES if side in targets.contracts),
    )


def _gaps(**values: object) -> dict[str, str]:
    """Return why values are missing, by their name in the report."""
    return {name: str(value.reason) for name, value in values.items() if isinstance(value, Missing)}


def _verdict(targets: Targets, whole: Whole) -> VerdictRow:
    return VerdictRow(
        level=whole.level,
        exit_code=EXIT_CODES[whole.level],
        text=whole.sentence,
        pairs=len(targets.pairs),
        healthy_pairs=whole.able,
        threshold=whole.threshold,
        spare_pairs=None if whole.threshold is None else len(whole.able) - whole.threshold,
    )


def _chain(side: Side, targets: Targets, readings: Readings, whole: Whole) -> ChainRow:
    reading = readings.chains[side]
    chain = known(reading)
    council = quorum_of(side, targets, readings)
    return ChainRow(
        chain=side,
        level=level_of({f"{side} chain"}, whole.findings),
        chain_id=chain.chain_id if chain else None,
        head=chain.head if chain else None,
        age=round(chain.age, 1) if chain else None,
        validators=council.seats if council else None,
        needed=council.needed if council else None,
        alive=council.alive if council else None,
        missing=_gaps(head=reading, validators=chain.council if chain else None),
    )


def _node(node: NodeTarget, readings: Readings, whole: Whole) -> NodeRow:
    reading = readings.nodes[node.name]
    chain, machine = known(reading.chain), known(reading.machine)
    version = known(chain.version) if chain else None
    opened = _opened(reading)
    up = known(opened)
    return NodeRow(
        name=node.name,
        role=node.role,
        chain=node.side,
        level=level_of({node.name}, whole.findings),
        head=chain.head if chain else None,
        hash=chain.hash if chain else None,
        age=round(chain.age, 1) if chain else None,
        behind=blocks_behind(node, readings) if chain else None,
        peers=known(chain.peers) if chain else None,
        version=version_in(version) or version if version else None,
        disk_free=machine.free if machine else None,
        disk_size=machine.size if machine else None,
        clock_ahead=round(machine.clock, 2) if machine else None,
        up_seconds=None if up is None else round(up),
        missing=_gaps(
            head=reading.chain,
            diskFree=reading.machine,
            upSeconds=opened,
            peers=chain.peers if chain else None,
            version=chain.version if chain else None,
        ),
    )


def _opened(reading: NodeReading) -> Read[float]:
    """Return how long ago a node that answers has opened its console; a dead one may have left it behind."""
    if isinstance(reading.chain, Missing):
        return reading.chain
    return reading.machine if isinstance(reading.machine, Missing) else reading.machine.opened


def _pair(pair: PairTarget, targets: Targets, readings: Readings, whole: Whole) -> PairRow:
    scn = readings.nodes.get(pair.scn)
    reading = scn.bridge if scn else None
    bridge = known(reading) if reading else None
    subjects = {pair.name, pair.en, pair.scn}
    return PairRow(
        name=pair.name,
        en=pair.en,
        scn=pair.scn,
        level=level_of(subjects, whole.findings),
        able=pair.name in whole.able,
        connected=_connected(pair, bridge) if bridge else None,
        registered=bridge.registered if bridge else None,
        subscribed=bridge.subscribed if bridge else None,
        anchoring=bridge.anchoring if bridge else None,
        anchored=bridge.anchored if bridge else None,
        anchored_behind=anchors_behind(bridge, readings) if bridge else None,
        pending=bridge.pending if bridge else None,
        operators=tuple(_operator(pair, side, bridge, targets, readings) for side in SIDES),
        missing=_gaps(connected=reading),
    )


def _connected(pair: PairTarget, bridge: SubBridgeReading) -> bool:
    return len(bridge.peers) == 1 and pair.main_bridge in ("", bridge.peers[0])


def _operator(
    pair: PairTarget, side: Side, bridge: SubBridgeReading | None, targets: Targets, readings: Readings
) -> OperatorRow:
    address = pair.operators[side]
    account, contract = readings.account(side, address), known(readings.contract(side))
    held, count = known(account), bridge.operators.get(side) if bridge else None
    days = days_left(pair, side, held.balance) if held else None
    return OperatorRow(
        chain=side,
        address=address,
        registered=address in contract.operators if contract else None,
        unlocked=count.unlocked if count else None,
        counted=count.counted if count else None,
        mined=held.mined if held else None,
        balance=_text(held.balance if held else None),
        minimum=_text(targets.minima.get((side, address))),
        days_left=None if days is None else round(days, 1),
        missing=_gaps(balance=account, registered=readings.contract(side)),
    )


def _directions(targets: Targets, readings: Readings, whole: Whole) -> Iterator[DirectionRow]:
    for source in SIDES:
        if source not in targets.contracts:
            continue
        yield _direction(source, None, readings, whole)
        for token in targets.contracts[source].tokens:
            yield _direction(source, token, readings, whole)


def _direction(source: Side, token: TokenTarget | None, readings: Readings, whole: Whole) -> DirectionRow:
    target = OTHER_SIDE[source]
    reading, other = readings.contract(source), readings.contract(target)
    here, there = known(reading), known(other)
    oldest, newer = readings.oldest.get(source), readings.newer.get(source)
    row: dict[str, Any] = _coins(here, there) if token is None else _token(token, here, there)
    return DirectionRow(
        direction=way(source),
        source=source,
        target=target,
        token=token.name if token else None,
        level=level_of({way(source)}, whole.findings),
        requested=here.requested if here else None,
        handled=there.lower if there else None,
        open=max(0, here.requested - there.lower) if here and there else None,
        oldest=_request(known(oldest)) if oldest else None,
        newer=_request(known(newer)) if newer else None,
        missing=_gaps(requested=reading, handled=other, oldest=oldest, newer=newer),
        **row,
    )


def _coins(here: ContractReading | None, there: ContractReading | None) -> dict[str, object]:
    return {
        "fee": _text(here.coin_fee if here.fee_receiver else 0) if here else None,
        "locked": (here.coins_locked or not here.running) if here else None,
        "liquidity": _text(there.balance if there else None),
        "mints": False if there else None,
    }


def _token(token: TokenTarget, here: ContractReading | None, there: ContractReading | None) -> dict[str, object]:
    sold = known(here.tokens[token.address]) if here and token.address in here.tokens else None
    paid = known(there.tokens[token.counterpart]) if there and token.counterpart in there.tokens else None
    held = known(paid.held) if paid else None
    return {
        "fee": _text(sold.fee if here and here.fee_receiver else 0) if sold else None,
        "locked": (sold.locked or not sold.counterpart) if sold else None,
        "liquidity": _text(held),
        "mints": there.mints if there else None,
    }


def _request(found: OpenRequest | None) -> RequestRow | None:
    if found is None:
        return None
    return RequestRow(
        nonce=found.nonce,
        transaction=found.transaction,
        age=round(found.age, 1),
        payable=found.unpayable is None,
        why=found.unpayable,
    )


def _contract(side: Side, targets: Targets, readings: Readings, whole: Whole) -> ContractRow:
    target, reading = targets.contracts[side], readings.contract(side)
    found = known(reading)
    return ContractRow(
        chain=side,
        level=level_of({f"{side} chain"}, whole.findings),
        address=target.address,
        owner=found.owner if found else None,
        operators=found.operators if found else None,
        threshold=found.threshold if found else None,
        configuration_threshold=found.configuration if found else None,
        running=found.running if found else None,
        coins_locked=found.coins_locked if found else None,
        fee_receiver=found.fee_receiver if found else None,
        balance=_text(found.balance if found else None),
        minimum=_text(target.minimum),
        missing=_gaps(owner=reading),
    )


def _text(amount: int | None) -> str | None:
    return None if amount is None else str(amount)
