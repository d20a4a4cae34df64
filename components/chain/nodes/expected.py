"""What is predicted of a node before it exists: data only, for those who wait for it and those who look for drift."""

from pydantic import BaseModel, ConfigDict

from components.chain.rpc.endpoint import Endpoint


class Expected(BaseModel):
    """What was predicted of a node; None where it has no such thing."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    chain_id: int
    kni: str | None = None
    """EN with a main bridge: its KNI."""
    parent_operator: str | None = None
    child_operator: str | None = None
    peer: str | None = None
    """SCN with a sub bridge: the KNI of its own EN, the only main bridge that it may be connected to."""
    static_nodes: tuple[str, ...] = ()
    """KNIs of the nodes of its own chain that it dials."""
    anchoring: bool | None = None
    """SCN with a sub bridge: as in its conf. A change comes with a changed conf, which asks for the restart."""
    anchoring_period: int | None = None
    others: tuple[Endpoint, ...] = ()
    """Consoles of nodes that it dials, where they are ours: both ends are compared when it does not find them."""
    package_version: str | None = None
    """Version of its package, like v1.0.3."""
    begin: str | None = None
    """Command on its host that has it begin its chain again, for one that holds nothing but its first block."""
