"""Checks of the coins that a bridge pays with. They need a valid configuration."""

from collections.abc import Iterator

from components.domain.gas import LOWEST_OPERATOR_GAS_LIMIT
from components.domain.limits import EARLY_DAYS
from components.domain.problems.problem import Message
from components.domain.problems.settings import FEES, LIQUIDITY, OPERATOR_BALANCE, SHORT_LASTING
from components.domain.units import GKEI, PEB, coins
from components.settings.model import Settings
from components.settings.sentences import at
from components.topology import fees

OWNER_BALANCE = 100_000_000 * PEB
"""What the owner of a contract holds from the first block of a chain that the stack runs (peb)."""
REFILLED_FROM = 2
"""peb. Only an amount that has a half can be filled up when below half."""


def problems(settings: Settings) -> Iterator[Message]:
    """Return a message for coins that nobody will hold, and for fees above their limit."""
    yield from _fees(settings)
    yield from _operators(settings)
    yield from _liquidity(settings)


def warnings(settings: Settings) -> Iterator[Message]:
    """Yield a message if operators that were just filled up would be reported as running dry."""
    spent, held = max(fees.per_day(settings).per_pair.values()), settings.bridge.operator_balance
    if held >= EARLY_DAYS * spent:
        return
    enough = -(-2 * int(EARLY_DAYS) * spent // PEB)  # one that is not filled up yet, as it has half of it, is not early
    less = "fewer transfers as fees.transfersPerDay"
    if settings.parent_chain.joined and settings.fees.gas_price is None:
        less = "what gas costs on that chain as fees.gasPrice"
    yield SHORT_LASTING(
        f"bridge.operatorBalance is {coins(held)}, and an operator is expected to pay {fees.coins(spent)} coins a day, "
        f"so it runs dry after {held / spent:.1f} days; write {enough} or more, or {less}"
    )


def _operators(settings: Settings) -> Iterator[Message]:
    """Check that operators hold what the node's pool requires: the gas limit of a transaction times the price."""
    price, bridge = fees.offered(settings), settings.bridge
    asked = bridge.operator_gas_limit * price
    held = bridge.operator_balance // 2
    if held >= asked:
        return
    fitting = held // price
    lower = f", or a bridge.operatorGasLimit of {fitting} or less" if fitting >= LOWEST_OPERATOR_GAS_LIMIT else ""
    free = ""
    if settings.parent_chain.joined and settings.fees.gas_price is None:
        free = "; where gas is free on that chain, write fees.gasPrice: 0"
    yield at(
        "bridge.operatorBalance",
        OPERATOR_BALANCE(
            f"an operator has to hold {fees.coins(asked)} coins for each of its transactions "
            f"({bridge.operator_gas_limit} gas at {price // GKEI} gkei), and is filled up when below half; write "
            f"{fees.coins(2 * asked)} or more{lower}{free}"
        ),
    )


def _liquidity(settings: Settings) -> Iterator[Message]:
    liquidity = settings.bridge.liquidity
    if not settings.bridge.liquidity_set:
        return
    where = "bridge.liquidity"
    if liquidity < REFILLED_FROM:
        yield at(where, LIQUIDITY("1 peb is never filled up, because it has no half; write more, such as 1000"))
    chains = {
        "parent": (settings.parent_chain.ours, len(settings.pairs) * settings.bridge.operator_balance),
        "child": (settings.runs_child_chain, 0),
    }
    for chain, (ours, operators) in chains.items():
        left = OWNER_BALANCE - operators - liquidity
        if not ours or left >= liquidity:
            continue
        owner = f"the owner on the {chain} chain, which the stack runs, holds {fees.coins(OWNER_BALANCE)} coins"
        most = max(0, (OWNER_BALANCE - operators) // 2)
        what = (
            f"less than this and what {len(settings.pairs)} operator(s) get"
            if left < 0
            else f"of which {fees.coins(left)} would be left, too little to fill it up once"
        )
        yield at(where, LIQUIDITY(f"{owner}, {what}; write {fees.coins(most // PEB * PEB)} or less"))
        return


def _fees(settings: Settings) -> Iterator[Message]:
    """Return a message if the fees would be above the limit."""
    most, spent = settings.fees.limit_per_day, fees.per_day(settings)
    if most is None or spent.total <= most:
        return
    anchoring = sum(spent.anchoring.values())
    votes = spent.total - anchoring
    if anchoring and votes < most:
        factor = -(-anchoring // (most - votes))
        periods = {settings.anchoring_of(pair).period for pair in settings.pairs if settings.anchoring_of(pair).enabled}
        advice = (
            f"write an anchoring.period of {max(periods) * factor} or more, anchor with fewer pairs, or raise the limit"
        )
    else:
        advice = "the votes on transfers alone cost more; raise the limit, or use fewer pairs"
    yield at(
        "fees.limitPerDay",
        FEES(
            f"{fees.coins(most)} coins per day are allowed, and these settings spend about {fees.coins(spent.total)}: "
            f"{fees.coins(anchoring)} on anchoring and {fees.coins(votes)} on transfers; {advice}"
        ),
    )
