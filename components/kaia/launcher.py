"""What starts a node: the daemon script of its package with a conf, or a systemd unit that runs the binary."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from components.kaia import conf, daemon_commands, systemd_commands, systemd_unit
from components.kaia.conf import Conf
from components.kaia.flags import flags
from components.kaia.layout import SERVICE_USER, Layout


@dataclass(frozen=True)
class Service:
    """Everything that differs between the two."""

    name: str
    """Name of the file that configures the node: kend.conf or kend.service."""
    path: str
    content: str
    commands: Mapping[str, str]
    """unpack, init, start, restart and begin; also room if the data are kept."""
    owner: str | None
    """The user that runs the node and owns its data; None for root."""


def service(
    kind: Literal["daemon", "systemd"],
    layout: Layout,
    node: str,
    values: Conf,
    *,
    keeps_data: bool = False,
    has_forks: bool = False,
) -> Service:
    """Return the service of the node of that name with these values.

    `keeps_data`: its restart copies the data before it runs a newer major version. `has_forks`: it takes over the
    forks that are in the genesis file.

    Raises PackageError if the package has only a URL and the host needs the conf in it, and ValueError for values that
    a conf or unit cannot hold.
    """
    package = layout.package
    if kind == "systemd":
        commands = systemd_commands.scripts(layout, keeps_data=keeps_data, has_forks=has_forks)
        text = systemd_unit.render(layout, node, flags(package.program, values))
        return Service(layout.unit, layout.unit_file, text, commands, SERVICE_USER)
    commands = daemon_commands.scripts(layout, keeps_data=keeps_data, has_forks=has_forks)
    text = conf.render(package.conf, values)
    return Service(f"{package.daemon}.conf", layout.release.conf, text, commands, None)
