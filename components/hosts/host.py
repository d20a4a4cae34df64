"""What the rest of the program knows of a machine: an address, an SSH connection and a folder. No more."""

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
"""Attempts to connect that pulumi-command may lose: about a minute of dialling before it gives up."""


@dataclass(frozen=True)
class Ssh:
    """How to log in. The host key is pinned: a connection to a machine with another key is refused."""

    host: pulumi.Input[str]
    user: str
    private_key: pulumi.Input[str]
    host_key: pulumi.Input[str]
    port: int = 22
    sudo: bool = False
    """Whether who logs in is not root, and becomes it for commands and the node's console."""
    proxy: "Ssh | None" = None
    """A bastion on the way, which is reached directly; its host key is pinned too."""

    @cached_property
    def connection(self) -> pulumi.Output[remote.ConnectionArgs]:
        """Return the connection as pulumi-command wants it; made once, for all commands of a machine."""
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
        if self.proxy:  # a key without a value would show as a change of every machine that is reached directly
            known["proxy"] = self.proxy.login
        return pulumi.Output.secret(pulumi.Output.from_input(known))

    @property
    def becomes(self) -> str:
        """Return the user that commands run as."""
        return "root" if self.sudo else self.user

    def command(self, text: pulumi.Input[str]) -> pulumi.Input[str]:
        """Return a command as pulumi-command, which knows nothing of sudo, has to send it to the machine."""
        return pulumi.Output.from_input(text).apply(as_root) if self.sudo else text


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
    service: Literal["daemon", "systemd"] = "daemon"
    """What starts the node: the package's own script, or a systemd unit."""
    home: str | None = None
    """What programs find as their home, if that of who logs in is not for them to write to."""
    uploads: str | None = None
    """The folder where files arrive, if who logs in may not write to `root`."""
    node: NodeSettings | None = None
    """A node that runs there already; then there is no place for another one, and no folder of ours."""

    def command(self, text: str) -> str:
        """Return a command of a node as it is to be run by the machine's shell, as root where it takes root."""
        return f"export HOME={shlex.quote(self.home)}\n{text}" if self.home else text


class Hosts(Protocol):
    """Where machines come from."""

    @property
    def access(self) -> Mapping[str, pulumi.Input[str]]:
        """Return how a person gets to the machines, where that is not plain: for the outputs, and no secret."""
        ...

    def host(self, name: str, opts: pulumi.ResourceOptions | None = None) -> Host:
        """Return the machine of that name, provisioned as a tracked resource."""
        ...


def _connection(login: Mapping[str, Any]) -> remote.ConnectionArgs:
    proxy = login.get("proxy")
    way = remote.ProxyConnectionArgs(**_dialling(proxy)) if proxy else None
    return remote.ConnectionArgs(**_dialling(login), proxy=way)


def _dialling(login: Mapping[str, Any]) -> dict[str, Any]:
    own = {key: value for key, value in login.items() if key not in ("proxy", "sudo")}
    return {**own, "dial_error_limit": DIAL_ERROR_LIMIT}
