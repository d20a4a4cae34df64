"""What is expected of a bridge, from which its fees follow, and how much they may be."""

from components.settings.values.types import Coins, NotNegative, Section


class FeesSettings(Section):
    """The fees of a bridge, known beforehand."""

    transfers_per_day: NotNegative = 100
    """Value transfers that are expected in a day, from the child chain to the parent chain: those that cost gas."""
    limit_per_day: Coins | None = None
    """Coins that the operators may spend in a day on the parent chain; a setting that spends more is refused."""
    gas_price: NotNegative | None = None
    """What operators pay for gas on the parent chain, in gkei. Known of public chains and of a chain of our own."""
