"""Rules on coins that a bridge pays with. They need all other values to be right. See rules.py."""

from collections.abc import Iterator

from components.domain.gas import LOWEST_OPERATOR_GAS_LIMIT
from components.domain.units import GKEI, PEB
from components.settings.model import Settings
from components.settings.sentences import at
from components.topology import fees

OWNER_BALANCE = 100_000_000 * PEB
"""What the owner of a contract holds on a chain of our own, from the first block on (peb)."""
REFILLED_FROM = 2
"""peb. What is filled up when below half has a half."""


def problems(settings: Settings) -> Iterator[str]:
    """Return a sentence for coins that nobody will hold, and for fees above their limit."""
    yield from _fees(settings)
    yield from _operators(settings)
    yield from _liquidity(settings)


def _operators(settings: Settings) -> Iterator[str]:
    """Look at what the node's pool asks for: that an account holds the gas limit of its transaction times the price."""
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
        f"an operator has to hold {fees.coins(asked)} coins for each of its transactions ({bridge.operator_gas_limit} "
        f"gas at {price // GKEI} gkei), and is filled up when below half; write {fees.coins(2 * asked)} or "
        f"more{lower}{free}",
    )


def _liquidity(settings: Settings) -> Iterator[str]:
    liquidity = settings.bridge.liquidity
    if not settings.bridge.liquidity_set:
        return
    where = "bridge.liquidity"
    if liquidity < REFILLED_FROM:
        yield at(where, "1 peb is never filled up, because it has no half to fall below; write more, such as 1000")
    chains = {
        "parent": (settings.parent_chain.ours, len(settings.pairs) * settings.bridge.operator_balance),
        "child": (settings.runs_child_chain, 0),
    }
    for chain, (ours, operators) in chains.items():
        left = OWNER_BALANCE - operators - liquidity
        if not ours or left >= liquidity:
            continue
        owner = f"the owner on the {chain} chain, which is ours, holds {fees.coins(OWNER_BALANCE)} coins"
        most = max(0, (OWNER_BALANCE - operators) // 2)
        what = (
            f"and this with what {len(settings.pairs)} operator(s) get is more"
            if left < 0
            else f"of which {fees.coins(left)} would be left, too few to fill it up once"
        )
        yield at(where, f"{owner}, {what}; write {fees.coins(most // PEB * PEB)} or less")
        return


def _fees(settings: Settings) -> Iterator[str]:
    """Return a sentence for what would spend more than the user allows."""
    most, spent = settings.fees.limit_per_day, fees.per_day(settings)
    if most is None or spent.total <= most:
        return
    anchoring = sum(spent.anchoring.values())
    votes = spent.total - anchoring
    if anchoring and votes < most:
        factor = -(-anchoring // (most - votes))
        periods = {settings.anchoring_of(pair).period for pair in settings.pairs if settings.anchoring_of(pair).enabled}
        advice = (
            f"write an anchoring.period of {max(periods) * factor} or more, anchor by fewer pairs, or raise the limit"
        )
    else:
        advice = "the votes on transfers alone are above it; raise the limit, or have fewer pairs"
    yield at(
        "fees.limitPerDay",
        f"{fees.coins(most)} coins a day are allowed, and this setting spends about {fees.coins(spent.total)}: "
        f"{fees.coins(anchoring)} on anchoring and {fees.coins(votes)} on transfers; {advice}",
    )
