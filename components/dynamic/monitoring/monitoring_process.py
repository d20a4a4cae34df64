"""MonitoringProcess: a program of the monitoring that runs on a machine, with its files.

It never fails a run: what it cannot do is printed and kept as drift, so that the next up tries again. The bridge does
not need it.
"""

import hashlib
import sys
from collections.abc import Iterator, Mapping
from typing import ClassVar

import pulumi
from pulumi.dynamic import Resource
from pydantic import Field

from components.domain.problems.hosts import MONITORING_DOWN, MONITORING_FAILED
from components.domain.problems.problem import Message
from components.dynamic.base import Inputs, Part, Props, Provider
from components.kaia.host_commands import install
from components.ssh.errors import SshError
from components.ssh.login import Login
from components.watch.metrics import exporter_file
from components.watch.monitor.process_commands import RUNNING

START_TIMEOUT = 60.0
"""Seconds for stopping a program, checking its configuration and starting it."""
SHIPPED = {"exporter": exporter_file.script}
"""Files that are too large for a state: it holds their digests only."""


class MonitoringFile(Part):
    """A file of a program."""

    mode: str = "0644"
    content: str = ""
    shipped: str = ""
    """Instead of the content: `NAME DIGEST`, of SHIPPED."""
    restarts: bool = False
    """Whether the program reads it only at its start. Otherwise a reload is enough."""
    private: bool = False
    """Whether it belongs to the user of the program, who alone reads it."""


class MonitoringProcessInputs(Inputs):
    """A program on a machine."""

    machine: str
    service: str
    login: Login
    instance: str
    """Changes with the machine: everything is done again on the next one."""
    place: str | None = None
    """Of a machine that outlives the stack: folder, kind of service and claim. In another place it is made afresh, and
    before that removed from the former one."""
    files: dict[str, MonitoringFile]
    """By path."""
    secret_files: dict[str, MonitoringFile] = Field(default_factory=dict)
    """The same, of files with secrets."""
    user: str | None = None
    """Who runs it and owns private files, where that user exists."""
    prepare: str
    """Command that makes its folders."""
    running: str
    """Command that prints RUNNING if it runs as declared."""
    start: str
    """Command that checks its configuration and starts it, after stopping it if it runs."""
    reload: str
    """Command that has it read its configuration again."""
    remove: str
    """Command that stops it and removes its files."""
    patience: float | None = None
    """Seconds for `start`, where that takes longer than a program does."""


def shipped(name: str) -> str:
    """Return how an input names a file that comes with the program."""
    return f"{name} {_digest(SHIPPED[name]())}"


class MonitoringProcessProvider(Provider[MonitoringProcessInputs]):
    """Keeps a program running, with the files that are declared."""

    inputs_type = MonitoringProcessInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"machine", "service", "place"})
    used_by_removal: ClassVar[frozenset[str]] = frozenset({"login", "remove"})

    def identify(self, inputs: MonitoringProcessInputs) -> str:
        """One of each program per machine."""
        return f"{inputs.machine}/{inputs.service}"

    def converge(self, inputs: MonitoringProcessInputs, known: Props) -> Props:
        """Write what differs, and start the program, or have it read its files again. Never raises SshError."""
        try:
            self._converge(inputs, known)
        except SshError as error:
            return {"drift": {"failed": _tell(inputs, MONITORING_FAILED(f"cannot be started: {error}"))}}
        return {}

    def _converge(self, inputs: MonitoringProcessInputs, known: Props) -> None:
        _run(inputs, inputs.prepare, step="making the folders of")
        seen = _look(inputs)
        changed = [path for path, _ in _differences(inputs, seen)]
        declared = _declared(inputs)
        for path in changed:
            file = declared[path]
            _run(inputs, _placed(path, file, inputs.user), _content(file), step=f"writing {path} of")
        restarts = known.get("start") != inputs.start or any(declared[path].restarts for path in changed)
        if not seen.running or restarts:
            _run(inputs, inputs.start, step="starting", timeout=inputs.patience or START_TIMEOUT)
        elif changed:
            _run(inputs, inputs.reload, step="reloading")

    def observe(self, inputs: MonitoringProcessInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Report a program that does not run, and files that differ."""
        seen = _look(inputs)
        drift = {path: f"{path} {words}; the next up writes it again" for path, words in _differences(inputs, seen)}
        if not seen.running:
            drift["running"] = "it does not run; the next up starts it"
        return {"drift": {name: MONITORING_DOWN(words) for name, words in drift.items()}}

    def subject(self, inputs: MonitoringProcessInputs, known: Props) -> str:  # noqa: ARG002
        """Return the machine and the program."""
        return f"{inputs.machine}: {inputs.service}"

    def remove(self, inputs: MonitoringProcessInputs, known: Props) -> None:  # noqa: ARG002
        """Stop it and remove its files. A machine that does not answer is left as it is."""
        try:
            _run(inputs, inputs.remove, step="removing")
        except SshError as error:
            _tell(inputs, MONITORING_FAILED(f"is left there: {error}"))


class MonitoringProcess(Resource, module="servicechain", name="MonitoringProcess"):
    """A program of the monitoring."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["login", "secret_files"])
        super().__init__(MonitoringProcessProvider(), name, props, pulumi.ResourceOptions.merge(secret, opts))


class _Seen(Part):
    """What was found on the machine."""

    running: bool
    digests: Mapping[str, str]
    """By path, of files that exist."""


def _look(inputs: MonitoringProcessInputs) -> _Seen:
    """Look at the program and its files with one command."""
    paths = " ".join(f"'{path}'" for path in _declared(inputs))
    text = f"( {inputs.running}\n)\nsha256sum -- {paths} 2>/dev/null || :" if paths else f"( {inputs.running}\n)"
    lines = _run(inputs, text, step="looking at").splitlines()
    found = (line.split("  ", 1) for line in lines if "  " in line)
    return _Seen(running=RUNNING in lines, digests={path: digest for digest, path in found})


def _differences(inputs: MonitoringProcessInputs, seen: _Seen) -> Iterator[tuple[str, str]]:
    for path, file in _declared(inputs).items():
        if path not in seen.digests:
            yield path, "is missing"
        elif seen.digests[path] != _digest(_content(file)):
            yield path, "was changed"


def _declared(inputs: MonitoringProcessInputs) -> dict[str, MonitoringFile]:
    return {**inputs.files, **inputs.secret_files}


def _placed(path: str, file: MonitoringFile, user: str | None) -> str:
    """Return the command that writes a file. Its folder belongs to root, so it may be given away in place."""
    text = install(path, file.mode)
    if not file.private or user is None:
        return text
    return f"{text}\n[ \"$(id -u)\" != 0 ] || ! id -u {user} >/dev/null 2>&1 || chown {user}: '{path}'"


def _content(file: MonitoringFile) -> str:
    return SHIPPED[file.shipped.split()[0]]() if file.shipped else file.content


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _run(
    inputs: MonitoringProcessInputs,
    command: str,
    stdin: str | None = None,
    *,
    step: str,
    timeout: float = START_TIMEOUT,
) -> str:
    from components.ssh import connection  # asyncssh takes half a second to load, and a preview has no use for it

    return connection.run(inputs.login, command, stdin, timeout=timeout, step=f"{step} {inputs.service}")


def _tell(inputs: MonitoringProcessInputs, words: Message) -> Message:
    print(f"warning: {inputs.machine}: {inputs.service}: {words}", file=sys.stderr)
    return words
