"""The section `existing`: machines that exist already. Rules between values are in settings/rules/existing.py."""

import re
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from components.domain.ports import SSH_PORT
from components.domain.problems.settings import OUT_OF_RANGE, WRONG_FORM
from components.settings.sections.adoption import NodeSettings
from components.settings.sections.aws import HostName, Port, UserName
from components.settings.values.ssh_keys import HostKey, PrivateKey
from components.settings.values.types import Flag, Name, Positive, Section, anchored, json_schema, shown

ROOT_USER = "root"

_FOLDER = re.compile(r"(/[A-Za-z0-9_][A-Za-z0-9._-]*){2,}")


def _address(value: Any) -> str:
    try:
        address = IPv4Address(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError(WRONG_FORM(f"{shown(value)} is not an IPv4 address; write for example 10.0.0.5")) from None
    if address.is_loopback or address.is_unspecified or address.is_multicast or address.is_link_local:
        raise ValueError(
            OUT_OF_RANGE(f"{value} cannot be reached from other machines; write the address that the other nodes use")
        )
    return str(address)


def _folder(value: Any) -> str:
    if not isinstance(value, str) or not _FOLDER.fullmatch(value):
        raise ValueError(
            WRONG_FORM(f"{shown(value)} is not a folder for a node; write an absolute path such as /srv/servicechain")
        )
    return value


Ipv4Address = Annotated[str, BeforeValidator(_address), json_schema("string", "IPv4 address", format="ipv4")]
NodeFolder = Annotated[
    str, BeforeValidator(_folder), json_schema("string", "absolute path", pattern=anchored(_FOLDER.pattern))
]
Service = Literal["systemd", "daemon"]


class ExistingBastion(Section):
    """A machine through which SSH goes. It takes the same private key."""

    host: HostName
    """Its name or address."""
    port: Port = SSH_PORT
    """Port of its SSH server."""
    user: UserName
    """Who logs in there."""
    host_key: HostKey
    """One line as in ssh_host_ed25519_key.pub; a bastion that shows another key is refused."""


class HostSettings(Section):
    """One machine. What is not given here is taken from the section `existing`."""

    address: Ipv4Address = Field(examples=["10.0.0.5"])
    """Address by which the other nodes reach the machine."""
    host_key: HostKey
    """One line as in /etc/ssh/ssh_host_ed25519_key.pub; a machine that shows another key is refused."""
    ssh_host: HostName | None = Field(default=None, examples=["scn-1.example.org"])
    """Name or address for SSH, if it is not `address`."""
    port: Port = SSH_PORT
    """Port of its SSH server."""
    user: UserName | None = Field(default=None, examples=["ops"])
    """Who logs in."""
    sudo: Flag | None = Field(default=None, examples=[False])
    """The same as `existing.sudo`, for this machine."""
    root: NodeFolder | None = Field(default=None, examples=["/data/servicechain"])
    """The folder that holds everything of the node. It must be missing, empty, or of this stack. The default is
    /srv/servicechain, or, for a user who cannot become root, servicechain in the user's home."""
    service: Service | None = Field(default=None, examples=["daemon"])
    """What starts the node: `systemd`, or `daemon`, the package's own script, which does not start the node after a
    reboot. The default is systemd, or daemon for a user who cannot become root."""
    disk_gib: Positive | None = None
    """The same as `existing.diskGib`, for this machine."""
    node: NodeSettings | None = None
    """A node that already runs there. The machine then gets no node and no folder of this stack."""


class Existing(Section):
    """Machines that exist already, and how to log in to them."""

    user: UserName = ROOT_USER
    """Who logs in: root, a user with sudo that asks for no password, or a user without sudo."""
    sudo: Flag | None = Field(default=None, examples=[False])
    """Whether that user becomes root with sudo where root is needed; the default is yes, unless the user is root."""
    private_key: PrivateKey | None = None
    """SSH key of the user, without a passphrase, in any format that ssh accepts; a secret. Without it the stack makes
    its own: the public half is in the outputs, and has to be in the authorized_keys of all machines."""
    bastion: ExistingBastion | None = Field(
        default=None,
        examples=[{"host": "bastion.example.org", "user": "ubuntu", "hostKey": "ssh-ed25519 AAAA…"}],
    )
    """A machine through which SSH goes to all of them."""
    hosts: dict[Name, HostSettings] = Field(
        default_factory=dict, examples=[{"scn-1": {"address": "10.0.0.5", "hostKey": "ssh-ed25519 AAAA…"}}]
    )
    """All machines of the stack by name: the SCNs, <pair>-en, and `parent`, the validator of a private parent chain."""
    disk_gib: Positive | None = Field(default=None, examples=[50])
    """How much disk space has to be free on each machine, in GiB; the default depends on the role of the node."""

    def user_of(self, host: HostSettings) -> str:
        """Return who logs in to a machine."""
        return host.user or self.user

    def sudo_of(self, host: HostSettings) -> bool:
        """Whether that user has to use sudo to become root, and may."""
        own = self.sudo if host.sudo is None else host.sudo
        return self.user_of(host) != ROOT_USER and own is not False

    def rootless(self, host: HostSettings) -> bool:
        """Whether nothing can be done as root there."""
        return self.user_of(host) != ROOT_USER and not self.sudo_of(host)

    def service_of(self, host: HostSettings) -> Service:
        """Return what starts the node there."""
        return host.service or ("daemon" if self.rootless(host) else "systemd")

    def root_of(self, host: HostSettings) -> str:
        """Return the folder of the node there."""
        home = f"/home/{self.user_of(host)}" if self.rootless(host) else "/srv"
        return host.root or f"{home}/servicechain"
