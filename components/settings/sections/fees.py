"""The section `fees`: what is expected of a bridge, from which its fees follow, and how much they may be."""

from pydantic import Field

from components.settings.values.types import Coins, NotNegative, Section


class FeesSettings(Section):
    """The expected fees of a bridge, and their limit."""

    transfers_per_day: NotNegative = Field(default=100, examples=[500])
    """Expected value transfers per day from the child chain to the parent chain; only these cost gas."""
    limit_per_day: Coins | None = Field(default=None, examples=[50])
    """Coins that the operators may spend per day on the parent chain; settings that would spend more are refused."""
    gas_price: NotNegative | None = Field(default=None, examples=[25])
    """What operators pay for gas on the parent chain, in gkei. Needed only for a private parent chain that exists."""
