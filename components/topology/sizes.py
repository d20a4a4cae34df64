"""Size of a machine: the default of its role, with what the settings change."""

from collections.abc import Sequence
from math import ceil

from components.domain.roles import MONITOR as MONITOR_ROLE
from components.domain.roles import MachineRole
from components.settings.model import Settings
from components.settings.sections.aws import MachineSettings
from components.topology.machine import Size

PUBLIC_EN = Size("r6i.2xlarge", 5000, 8000, 500)
"""An EN of a public network needs 8 vCPU, 64 GiB of memory and more than 4 TB at 3,500 Mbit/s; its data grow by 2.5 GB
per day."""
PRIVATE_EN = Size("m6i.xlarge", 100, 3000, 125)
SCN = Size("m6i.xlarge", 200, 3000, 125)
"""An SCN needs 4 vCPU and 16 GiB of memory."""
VALIDATOR = Size("m6i.xlarge", 100, 3000, 125)
"""Of a private parent chain for development and tests."""
MONITOR = Size("t3.small", 30, 3000, 125)
"""Prometheus and Alertmanager for up to 12 pairs: 2 GiB of memory, and about 1 GiB of data a month for 8 nodes."""
GIB_PER_NODE_DAY = 1 / 8 / 30
"""What Prometheus keeps of a node that it reads every 15 seconds."""
READ_EVERY = 15
SPARE_GIB = 5
"""Beside what Prometheus keeps: what it has not compressed yet, its log, and Alertmanager."""


def size(settings: Settings, role: MachineRole, name: str, of_pair: MachineSettings | None = None) -> Size:
    """Return the size of a machine: its own settings before those of its pair, of its role, and the role's defaults."""
    of_role = getattr(settings.aws, role, None)
    own = settings.aws.machines.get(name) if settings.aws else None
    given = [one for one in (of_role, of_pair, own) if one]
    return merged(role, given, public=settings.parent_chain.public)


def merged(role: MachineRole, given: Sequence[MachineSettings], *, public: bool) -> Size:
    """Return the role's default size with what is given; later settings win."""
    chosen = {name: value for own in given for name, value in own.model_dump(exclude_none=True).items()}
    return Size(**{**vars(_default(role, public=public)), **chosen})


def monitor_gib(nodes: int, retention_days: int, interval: int) -> int:
    """Return how large the disk of the monitor has to be. `interval`: seconds between readings."""
    return ceil(nodes * retention_days * GIB_PER_NODE_DAY * READ_EVERY / interval) + SPARE_GIB


def _default(role: MachineRole, *, public: bool) -> Size:
    if role == "en":
        return PUBLIC_EN if public else PRIVATE_EN
    if role == MONITOR_ROLE:
        return MONITOR
    return SCN if role == "scn" else VALIDATOR
