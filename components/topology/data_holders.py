"""Who holds the data of a chain besides one node, and how many of them the chain takes to go on. Pure."""

from pydantic import BaseModel, ConfigDict


class Holding(BaseModel):
    """Of a validator: the nodes that hold its chain."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    nodes: tuple[str, ...]
    """Names of all validators, this one included."""
    quorum: int
    """How many of them have to agree on a block."""

    @property
    def spare(self) -> int:
        """Return how many the chain can do without."""
        return len(self.nodes) - self.quorum
