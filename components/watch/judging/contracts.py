"""Findings on contracts and directions: votes, owner, fees, tokens, coins, and requests that wait. Pure."""

from collections.abc import Iterable, Iterator

from components.domain.networks import Side
from components.domain.problems.bridge import BALANCE_LOW, FOREIGN_OPERATOR, OWNERSHIP_MOVED, VOTES_CHANGED
from components.domain.problems.problem import Message
from components.domain.problems.transfers import (
    COINS_LOCKED,
    CONTRACT_STOPPED,
    FEE_CHARGED,
    FEE_RECEIVER_CHANGED,
    TOKEN_CHANGED,
    TOKEN_COUNTERPART,
    TOKEN_LOCKED,
    TRANSFERS_STOPPED,
)
from components.domain.units import coins
from components.watch.judging.finding import Finding, way
from components.watch.readings import ContractReading, Missing, Readings
from components.watch.targets import ContractTarget, Targets


def contract_findings(side: Side, targets: Targets, readings: Readings) -> Iterator[Finding]:
    """Yield what is wrong with the contract of a chain."""
    subject, target, chain = f"{side} chain", targets.contracts.get(side), readings.chains[side]
    if target is None or isinstance(chain, Missing):
        return
    if isinstance(chain.contract, Missing):
        yield Finding("stopped", subject, chain.contract.reason)
        return
    where = f"the contract {target.address} on the {side} chain"
    found = chain.contract
    if not found.running:
        yield Finding("stopped", subject, CONTRACT_STOPPED(f"{where} is stopped and takes no requests"), drift=True)
    if found.coins_locked:
        yield Finding("stopped", subject, COINS_LOCKED(f"{where} takes no requests of coins"), drift=True)
    for message in (*_votes(where, target, found, targets), *_fees_and_tokens(where, target, found)):
        yield Finding("degraded", subject, message, drift=True)
    if target.minimum is not None and found.balance < target.minimum:
        words = f"holds {coins(found.balance)} coins, less than its minimum of {coins(target.minimum)}"
        yield Finding("degraded", subject, BALANCE_LOW(f"{where} {words}"))


def _votes(where: str, target: ContractTarget, found: ContractReading, targets: Targets) -> Iterator[Message]:
    if found.owner != target.owner:
        yield OWNERSHIP_MOVED(f"{where} belongs to {found.owner}, not to {target.owner}")
    if target.threshold is not None and found.threshold != target.threshold:
        yield VOTES_CHANGED(f"{where}: a transfer needs {found.threshold} votes, not {target.threshold} as declared")
    if target.configuration is not None and found.configuration != target.configuration:
        words = f"a change of fees needs {found.configuration} votes, not {target.configuration} as declared"
        yield VOTES_CHANGED(f"{where}: {words}")
    ours = {pair.operators[target.side] for pair in targets.pairs} | {*target.operators} | target.others
    for operator in found.operators:
        if operator not in ours:
            yield FOREIGN_OPERATOR(f"{where}: the operator {operator} belongs to no pair")


def _fees_and_tokens(where: str, target: ContractTarget, found: ContractReading) -> Iterable[Message]:
    fees = target.fees or {}
    if target.fees is not None:
        if found.fee_receiver != str(fees.get("receiver") or "").lower():
            yield FEE_RECEIVER_CHANGED(f"{where}: the receiver of fees is {found.fee_receiver or 'nobody'}")
        if found.coin_fee != int(fees.get("coin") or 0):
            yield FEE_CHARGED(f"{where}: the fee of a transfer of coins is {coins(found.coin_fee)} coins")
    charged = {str(token).lower(): int(fee) for token, fee in (fees.get("tokens") or {}).items()}
    for token in target.tokens:
        reading = found.tokens.get(token.address)
        if not reading or isinstance(reading, Missing):
            continue
        if not reading.counterpart:
            yield TOKEN_CHANGED(f"{where}: the token {token.name} is not registered")
        elif reading.counterpart != token.counterpart:
            words = f"the counterpart of {token.name} is {reading.counterpart}, not {token.counterpart}"
            yield TOKEN_COUNTERPART(f"{where}: {words}")
        if reading.locked:
            yield TOKEN_LOCKED(f"{where}: the token {token.name} is locked")
        if target.fees is not None and reading.fee != charged.get(token.address, 0):
            yield FEE_CHARGED(f"{where}: the fee of a transfer of {token.name} is {reading.fee}")


def direction_findings(source: Side, readings: Readings) -> Iterator[Finding]:
    """Yield what is wrong with the direction that begins on a chain."""
    for found in (readings.oldest.get(source), readings.newer.get(source)):
        if isinstance(found, Missing):
            yield Finding("degraded", way(source), found.reason)
        elif found and found.unpayable:
            yield Finding("degraded", way(source), Message(f"{way(source)}: {found.unpayable}"))
        elif found and found.overdue:
            words = f"request {found.nonce} ({found.transaction}) is open for {found.age:.0f} s, and could be paid"
            yield Finding("stopped", way(source), TRANSFERS_STOPPED(f"{way(source)}: {words}"))
