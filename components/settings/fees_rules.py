"""Rules on what a setting spends on the parent chain. They need all other values to be right. See rules.py."""

from collections.abc import Iterator

from components import fees
from components.settings.model import Settings
from components.settings.sentences import at


def problems(settings: Settings) -> Iterator[str]:
    """Return a sentence for what cannot be paid, or would spend more than the user allows."""
    yield from _limit(settings)
    yield from _balance(settings)


def _limit(settings: Settings) -> Iterator[str]:
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


def _balance(settings: Settings) -> Iterator[str]:
    """Look at what the node's pool asks for: that an account holds the gas limit of its transaction times the price."""
    if not settings.parent_chain.public:
        return
    asked = settings.bridge.operator_gas_limit * fees.PUBLIC_PRICE * fees.GKEI
    if settings.bridge.operator_balance // 2 < asked:
        yield at(
            "bridge.operatorBalance",
            f"an operator has to hold {fees.coins(asked)} coins for each of its transactions "
            f"({settings.bridge.operator_gas_limit} gas at {fees.PUBLIC_PRICE} gkei), and is filled up when below "
            f"half; write {fees.coins(2 * asked)} or more, or a smaller bridge.operatorGasLimit",
        )
