"""What a stack on machines that exist already can be configured to be.

Rules between values are in existing_rules.py.
"""

import re
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from components.domain.ports import LAST_PORT, SSH_PORT
from components.settings.sections.adoption import NodeSettings
from components.settings.sections.aws import HostName, UserName
from components.settings.values.ssh_keys import HostKey, PrivateKey
from components.settings.values.types import Flag, Name, Section, Whole, shown

ROOT_USER = "root"

_FOLDER = re.compile(r"(/[A-Za-z0-9_][A-Za-z0-9._-]*){2,}")


def _address(value: Any) -> str:
    try:
        address = IPv4Address(value if isinstance(value, str) else "")
    except ValueError:
        msg = f"{shown(value)} is no IPv4 address; write for example 10.0.0.5"
        raise ValueError(msg) from None
    if address.is_loopback or address.is_unspecified or address.is_multicast or address.is_link_local:
        msg = f"{value} cannot be reached from other machines; write the address that the other nodes use"
        raise ValueError(msg)
    return str(address)


def _folder(value: Any) -> str:
    if not isinstance(value, str) or not _FOLDER.fullmatch(value):
        msg = (
            f"{shown(value)} is no folder for a node; write an absolute path of two parts or more, as /srv/servicechain"
        )
        raise ValueError(msg)
    return value


def _port(value: int) -> int:
    if not 1 <= value <= LAST_PORT:
        msg = f"{value} is no port; write 1 to {LAST_PORT}"
        raise ValueError(msg)
    return value


def _disk(value: int) -> int:
    if value < 1:
        msg = f"{value} is too small; write 1 GiB or more"
        raise ValueError(msg)
    return value


Port = Annotated[Whole, AfterValidator(_port)]
Gib = Annotated[Whole, AfterValidator(_disk)]
Service = Literal["systemd", "daemon"]


class ExistingBastion(Section):
    """A machine through which SSH goes. It takes the same private key."""

    host: HostName
    """Its name or address."""
    port: Port = SSH_PORT
    """Where its SSH listens."""
    user: UserName
    """Who logs in there."""
    host_key: HostKey
    """One line as in ssh_host_ed25519_key.pub; a bastion that shows another key is refused."""


class HostSettings(Section):
    """One machine. What is not given here is that of all of them."""

    address: Annotated[str, BeforeValidator(_address)]
    """By which the other nodes reach it."""
    host_key: HostKey
    """One line as in /etc/ssh/ssh_host_ed25519_key.pub; a machine that shows another key is refused."""
    ssh_host: HostName | None = None
    """Where SSH goes, when not to `address`."""
    port: Port = SSH_PORT
    """Of SSH."""
    user: UserName | None = None
    """Who logs in."""
    sudo: Flag | None = None
    """Whether that user becomes root by sudo."""
    root: Annotated[str, BeforeValidator(_folder)] | None = None
    """The folder that holds everything of the node. It is missing, empty, or this stack's. By default
    /srv/servicechain, and below the home of a user who never becomes root."""
    service: Service | None = None
    """What starts the node: `systemd`, or `daemon`, the package's own script, which a reboot ends. By default systemd,
    and daemon for a user who never becomes root."""
    disk_gib: Gib | None = None
    """How much has to be free on its disk, in GiB."""
    node: NodeSettings | None = None
    """A node that runs there already. Then the machine is no place for one of ours, and has no folder of ours."""


class Existing(Section):
    """Machines that exist already, and how to log in to them."""

    user: UserName = ROOT_USER
    """Who logs in: root, a user with sudo that asks no password, or a user without sudo."""
    sudo: Flag | None = None
    """Whether that user becomes root by sudo where it takes root; by default yes, unless it is root itself."""
    private_key: PrivateKey | None = None
    """Of the user, without a passphrase, in any form that ssh takes; a secret. Without it, a key of the stack's own:
    its public half is in the outputs, and has to be in the authorized_keys of all machines."""
    bastion: ExistingBastion | None = None
    """A machine through which SSH goes to all of them."""
    hosts: dict[Name, HostSettings] = Field(default_factory=dict)
    """All machines of the stack by name: the SCNs, <pair>-en, and `parent` of a private parent chain."""
    disk_gib: Gib | None = None
    """How much has to be free on the disk of each, in GiB; by default what the role of the node asks for."""

    def user_of(self, host: HostSettings) -> str:
        """Return who logs in to a machine."""
        return host.user or self.user

    def sudo_of(self, host: HostSettings) -> bool:
        """Tell whether that user has to use sudo to become root, and may."""
        own = self.sudo if host.sudo is None else host.sudo
        return self.user_of(host) != ROOT_USER and own is not False

    def rootless(self, host: HostSettings) -> bool:
        """Tell whether nothing can be done as root there."""
        return self.user_of(host) != ROOT_USER and not self.sudo_of(host)

    def service_of(self, host: HostSettings) -> Service:
        """Return what starts the node there."""
        return host.service or ("daemon" if self.rootless(host) else "systemd")

    def root_of(self, host: HostSettings) -> str:
        """Return the folder of the node there."""
        home = f"/home/{self.user_of(host)}" if self.rootless(host) else "/srv"
        return host.root or f"{home}/servicechain"
