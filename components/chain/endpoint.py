"""Where a node's console is: an SSH login and the path of the IPC socket on that machine."""

from pydantic import BaseModel, ConfigDict


class Endpoint(BaseModel):
    """One node, reached through SSH to its host and the IPC socket there.

    The IPC socket serves every API of the node to root alone; no admin or bridge API has to be open on HTTP
    (domain: the node's maintainers say never to open the subbridge API).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    node: str
    """Name of the node, for messages."""
    host: str
    port: int = 22
    user: str = "root"
    private_key: str
    host_key: str
    ipc: str
    """Absolute path of the IPC socket, `<datadir>/klay.ipc`."""
