"""The programs of the monitoring in a stack's state: which of them do not run."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from components.domain.problems.hosts import MONITORING_DOWN
from components.domain.problems.problem import Message
from components.ssh.errors import SshError
from components.ssh.login import Login
from components.watch.monitor.process_commands import RUNNING
from toolchain.ops.state import resources_of

TYPE = "servicechain:MonitoringProcess"
AT_ONCE = 32


@dataclass(frozen=True)
class Process:
    """A program on a machine."""

    urn: str
    machine: str
    service: str
    login: Login
    running: str
    """Command that prints RUNNING if it runs."""

    @property
    def message(self) -> Message:
        """Return a line for an operator."""
        return MONITORING_DOWN(f"{self.machine}: {self.service} does not run; make up starts it")


def processes(export: Mapping[str, Any]) -> list[Process]:
    """Return all programs, from an export of the state with its secrets."""
    found = [one for one in resources_of(export) if str(one["type"]).endswith(TYPE)]
    return [
        Process(
            str(one["urn"]),
            str(one["outputs"]["machine"]),
            str(one["outputs"]["service"]),
            Login.model_validate(one["outputs"]["login"]),
            str(one["outputs"]["running"]),
        )
        for one in found
        if one.get("outputs")
    ]


def dead(found: Sequence[Process], deadline: float) -> list[Process]:
    """Return those that do not run on a machine that answers in `deadline` seconds."""
    if not found:
        return []
    with ThreadPoolExecutor(min(AT_ONCE, len(found))) as pool:
        return [
            one for one, runs in zip(found, pool.map(lambda one: _runs(one, deadline), found), strict=True) if not runs
        ]


def _runs(process: Process, deadline: float) -> bool:
    from components.ssh import connection  # asyncssh takes half a second to load

    try:
        said = connection.run(process.login, process.running, timeout=deadline, step=f"looking at {process.service}")
    except SshError:
        return True  # nothing is known of it
    return RUNNING in said.splitlines()
