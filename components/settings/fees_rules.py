"""Rules on what a setting spends on the parent chain. They need all other values to be right. See rules.py."""

from collections.abc import Iterator

from components import fees
from components.settings.model import Settings
from components.settings.sentences import at


def problems(settings: Settings) -> Iterator[str]:
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
