"""Which nodes hold the data of a chain, and how many of them the chain needs. Pure."""

from pydantic import BaseModel, ConfigDict


class Holding(BaseModel):
    """The nodes that hold a validator's chain."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    nodes: tuple[str, ...]
    """Names of all validators, this one included."""
    quorum: int
    """How many of them have to agree on a block."""

    @property
    def spare(self) -> int:
        """Return how many the chain can lose."""
        return len(self.nodes) - self.quorum
