"""What starts a node on its host: the package's own script with its conf, or a systemd unit that runs the binary."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from components.kaia import conf, daemon_commands, systemd_commands, systemd_unit
from components.kaia.conf import Conf
from components.kaia.flags import flags
from components.kaia.layout import SERVICE_USER, Layout


@dataclass(frozen=True)
class Service:
    """All that is different between the two."""

    name: str
    """Of the one file that says how the node runs: kend.conf or kend.service."""
    path: str
    content: str
    commands: Mapping[str, str]
    """unpack, init, start and restart."""
    owner: str | None
    """Whom the node runs as and its data belong to; None for root."""


def service(kind: Literal["daemon", "systemd"], layout: Layout, node: str, values: Conf) -> Service:
    """Return what starts the node of that name with these values.

    Raises PackageError when the package is an address and the host needs the conf in it, and ValueError for values
    that cannot be written down.
    """
    package = layout.package
    if kind == "systemd":
        text = systemd_unit.render(layout, node, flags(package.program, values))
        return Service(layout.unit, layout.unit_file, text, systemd_commands.scripts(layout), SERVICE_USER)
    text = conf.render(package.conf, values)
    return Service(f"{package.daemon}.conf", layout.conf, text, daemon_commands.scripts(layout), None)
