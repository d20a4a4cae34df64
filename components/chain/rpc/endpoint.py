"""Where a node's console is: an SSH login and the path of the IPC socket on that machine."""

from components.ssh.login import Login


class Endpoint(Login):
    """One node, reached through SSH to its host and the IPC socket there.

    The IPC socket serves every API of the node to root only. The subbridge API must never be open on HTTP: whoever
    reaches it controls the bridge.
    """

    node: str
    """Name of the node, for messages."""
    ipc: str
    """Absolute path of the IPC socket, `<datadir>/klay.ipc`."""

    @property
    def login(self) -> Login:
        """Return the login to the host, which all nodes there share."""
        return Login(**{name: getattr(self, name) for name in Login.model_fields})
