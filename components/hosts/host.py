"""What the rest of the program knows of a machine: an address, an SSH connection and a folder. No more."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import pulumi
from pulumi_command import remote


@dataclass(frozen=True)
class Ssh:
    """How to log in. The host key is pinned: a connection to a machine with another key is refused."""

    host: pulumi.Input[str]
    user: str
    private_key: pulumi.Input[str]
    host_key: pulumi.Input[str]
    port: int = 22

    @cached_property
    def connection(self) -> pulumi.Output[remote.ConnectionArgs]:
        """Return the connection as pulumi-command wants it; about a minute of dialling before it gives up.

        Made once, for all commands of a machine.
        """
        return pulumi.Output.all(self.host, self.private_key, self.host_key).apply(
            lambda known: remote.ConnectionArgs(
                host=known[0],
                port=self.port,
                user=self.user,
                private_key=known[1],
                host_key=known[2],
                dial_error_limit=20,
            )
        )


@dataclass(frozen=True)
class Host:
    """One machine."""

    name: str
    address: pulumi.Input[str]
    """The address that the other nodes use."""
    ssh: Ssh
    root: str
    """The folder on the machine which holds everything of the node."""
    instance: pulumi.Input[str]
    """Changes whenever the machine is another one; what was done on the old one has to be done again."""
    depends_on: Sequence[pulumi.Resource] = field(default_factory=tuple)


class Hosts(Protocol):
    """Where machines come from."""

    def host(self, name: str, opts: pulumi.ResourceOptions | None = None) -> Host:
        """Return the machine of that name, provisioned as a tracked resource."""
        ...
