"""What an owner still has to pay on a chain: for the bridge contract, its operators, its tokens."""

from collections.abc import Sequence
from dataclasses import dataclass

from eth_utils.address import to_checksum_address

from components.chain.accounts.funding import Need
from components.chain.accounts.signer import Signer
from components.chain.contracts import plan
from components.chain.contracts.contract import read_state, read_token
from components.chain.contracts.deployment import find_ours
from components.chain.contracts.plan import BridgeState
from components.chain.rpc.console import Console
from components.chain.tx import gas_price
from components.chain.tx.created import TooFarBack
from components.chain.tx.gas_price import gkei
from components.domain.limits import CONFIGURATION, LOWEST_THRESHOLD, VALUE_TRANSFER
from components.domain.units import counted

DEPLOYMENT = 7_500_000
CALL = 200_000
"""Gas that a deployment and any other call of an owner may use. Measured on v1.0.3: 5,741,527 and at most 93,861, to
which the limit of a transaction adds 30 %."""


@dataclass(frozen=True)
class Wanted:
    """What there has to be on a chain in the end. Amounts in peb."""

    operators: Sequence[str]
    threshold: int | None
    """None where that of an existing contract is left as it is."""
    operator_minimum: int
    operator_target: int
    liquidity_minimum: int
    liquidity_target: int
    tokens: Sequence[str] = ()
    mode_mint_burn: bool = False
    bridge: str | None = None
    """A contract that is known already."""
    found: str | None = None
    """The contract that was found last time, for an owner that has sent too much since."""
    configuration_threshold: int | None = None
    """Like `threshold`, of configuration votes."""


@dataclass(frozen=True)
class Situation:
    """What there is."""

    bridge: BridgeState | None
    liquidity: int
    balances: Sequence[int]
    """Of the wanted operators, in their order."""
    tokens: frozenset[str] = frozenset()
    """Those of the wanted ones that are registered."""
    address: str | None = None
    """Of the contract."""


def situation(console: Console, signer: Signer, wanted: Wanted) -> Situation:
    """Read what is there. Raises ChainError, and TooFarBack where it is unknown whether a contract exists."""
    address = wanted.bridge or _contract(console, signer, wanted)
    state = read_state(console, address) if address else None
    balance = console.web3.eth.get_balance
    known = {token: read_token(console, address, token) for token in wanted.tokens} if state and address else {}
    return Situation(
        bridge=state,
        address=address,
        liquidity=balance(to_checksum_address(address)) if address else 0,
        balances=[balance(to_checksum_address(operator)) for operator in wanted.operators],
        tokens=frozenset(token for token, found in known.items() if found and found.counterpart),
    )


def _contract(console: Console, signer: Signer, wanted: Wanted) -> str | None:
    try:
        return find_ours(console, signer.account().address, wanted.operators, mode_mint_burn=wanted.mode_mint_burn)
    except TooFarBack:
        if wanted.found is None:
            raise
        return wanted.found


def price(console: Console, signer: Signer) -> int:
    """Return what the owner's next transaction offers for gas (peb)."""
    suggestion = console.web3.eth.gas_price
    return gas_price.first(suggestion, gas_price.limit(signer.max_gas_price, suggestion))


def needs(wanted: Wanted, found: Situation, price: int) -> list[Need]:
    """Return what still has to be paid; empty where everything is as wanted. `price` is of gas (peb)."""
    operators = found.bridge.operators if found.bridge else ()
    unregistered = [one for one in wanted.operators if one not in operators]
    poor = [
        (operator, missing)
        for operator, held in zip(wanted.operators, found.balances, strict=True)
        if (missing := plan.missing_amount(held, wanted.operator_minimum, wanted.operator_target))
    ]
    thresholds = {VALUE_TRANSFER: wanted.threshold, CONFIGURATION: wanted.configuration_threshold}
    unset = [
        votes
        for vote_type, votes in thresholds.items()
        if votes not in (None, found.bridge.threshold_of(vote_type) if found.bridge else LOWEST_THRESHOLD)
    ]
    liquidity = plan.missing_amount(found.liquidity, wanted.liquidity_minimum, wanted.liquidity_target)
    calls = {
        f"register {counted(len(unregistered), 'operator')}": len(unregistered),
        f"fund {counted(len(poor), 'operator')}": len(poor),
        "add liquidity": int(liquidity > 0),
        f"set {counted(len(unset), 'threshold')}": len(unset),
        f"register {counted(len(wanted.tokens) - len(found.tokens), 'token')}": len(wanted.tokens) - len(found.tokens),
        "prove that a transfer arrives": int(found.bridge is None or bool(unregistered)),
    }
    at = f"at {gkei(price)}"
    return [
        *([] if found.bridge else [Need(DEPLOYMENT * price, f"gas to deploy the bridge contract, {at}")]),
        *(Need(count * CALL * price, f"gas to {what}, {at}") for what, count in calls.items() if count and price),
        *([Need(liquidity, "liquidity of the bridge contract, from which it pays transfers out")] if liquidity else []),
        *(Need(amount, f"balance of the operator {operator}, from which it pays gas") for operator, amount in poor),
    ]
