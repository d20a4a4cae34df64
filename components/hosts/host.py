"""What the rest of the program knows of a machine: an address, an SSH connection and a folder."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol

import pulumi
from pulumi_command import remote

from components.settings.sections.adoption import NodeSettings
from components.ssh.login import as_root

DIAL_ERROR_LIMIT = 20
"""Failed attempts to connect after which pulumi-command gives up: about a minute."""


@dataclass(frozen=True)
class Ssh:
    """How to log in. The host key is pinned: a machine with another key is refused."""

    host: pulumi.Input[str]
    user: str
    private_key: pulumi.Input[str]
    host_key: pulumi.Input[str]
    port: int = 22
    sudo: bool = False
    """Whether the user is not root and uses sudo for commands and the node's console."""
    proxy: "Ssh | None" = None
    """A bastion to connect through, which is reached directly; its host key is pinned too."""

    @cached_property
    def connection(self) -> pulumi.Output[remote.ConnectionArgs]:
        """Return the connection as pulumi-command takes it, the same object for all commands of a machine."""
        return self.login.apply(_connection)

    @cached_property
    def login(self) -> pulumi.Output[Mapping[str, object]]:
        """Return the keys of `components.ssh.login.Login`, for dynamic providers. A secret: it holds the SSH key."""
        known: dict[str, object] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "private_key": self.private_key,
            "host_key": self.host_key,
        }
        if self.sudo:
            known["sudo"] = True
        if self.proxy:  # a key with the value None would be a change for machines without a bastion
            known["proxy"] = self.proxy.login
        return pulumi.Output.secret(pulumi.Output.from_input(known))

    @property
    def becomes(self) -> str:
        """Return the user that commands run as."""
        return "root" if self.sudo else self.user

    def command(self, text: pulumi.Input[str]) -> pulumi.Input[str]:
        """Return a command with sudo if it is needed: pulumi-command has no setting for it."""
        return pulumi.Output.from_input(text).apply(as_root) if self.sudo else text


@dataclass(frozen=True)
class Host:
    """One machine."""

    name: str
    address: pulumi.Input[str]
    """The address that other nodes dial."""
    ssh: Ssh
    root: str
    """The folder on the machine that holds everything of the node."""
    instance: pulumi.Input[str]
    """Changes when the machine is replaced; everything done on the old machine is then done again."""
    depends_on: Sequence[pulumi.Resource] = field(default_factory=tuple)
    service: Literal["daemon", "systemd"] = "daemon"
    """What starts the node: the daemon script of its package, or a systemd unit."""
    home: str | None = None
    """The value of HOME for commands, if the home of the login user cannot be written to."""
    uploads: str | None = None
    """The folder where files arrive, if the login user may not write to `root`."""
    outlives_stack: bool = False
    """Whether the machine was there before the stack and stays when it goes."""
    ends_with: pulumi.Resource | None = None
    """The machine itself, if everything on it goes with it when it is deleted."""
    node: NodeSettings | None = None
    """A node that exists there; the machine then has no other node and no folder of the program."""

    def command(self, text: str) -> str:
        """Return a command of a node with HOME set if it has to be."""
        return f"export HOME={shlex.quote(self.home)}\n{text}" if self.home else text


class Hosts(Protocol):
    """The machines of a target."""

    @property
    def access(self) -> Mapping[str, pulumi.Input[str]]:
        """Return how a person logs in, for the outputs; contains no secret. Empty for machines on this computer."""
        ...

    def host(self, name: str, opts: pulumi.ResourceOptions | None = None) -> Host:
        """Return the machine of that name, which becomes a tracked resource."""
        ...


def _connection(login: Mapping[str, Any]) -> remote.ConnectionArgs:
    proxy = login.get("proxy")
    way = remote.ProxyConnectionArgs(**_dialling(proxy)) if proxy else None
    return remote.ConnectionArgs(**_dialling(login), proxy=way)


def _dialling(login: Mapping[str, Any]) -> dict[str, Any]:
    own = {key: value for key, value in login.items() if key not in ("proxy", "sudo")}
    return {**own, "dial_error_limit": DIAL_ERROR_LIMIT}
