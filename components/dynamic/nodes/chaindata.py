"""ChainData: chain data from an archive for a node that has none, so that it does not fetch every block from peers.

A script does the work on the machine and continues when the connection or this program ends: it takes hours. This
module only starts it and asks for its progress. No-op if there is chain data already.
"""

import shlex
from pathlib import Path

import pulumi
from pulumi.dynamic import Resource

from components.chain.rpc.waiting import Waiting
from components.domain.problems.packages import CHAIN_DATA_FAILED, CHAIN_DATA_LATE
from components.domain.problems.problem import CodedError
from components.dynamic.base import Inputs, Props, Provider
from components.ssh.errors import NoAnswer
from components.ssh.login import Login

SCRIPT = Path(__file__).parent.parent / "nodes" / "chaindata.sh"
INTERVAL = 5.0
"""Seconds between two questions."""
GONE_SECONDS = 300.0
"""Seconds for which the machine may not answer."""
TIMEOUT = 60.0
"""Seconds for one question."""
GB = 10**9


class ChainDataError(CodedError):
    """The archive cannot be used. The message has the machine and the reason."""


class ChainDataInputs(Inputs):
    """One node."""

    node: str
    """Name of the node, for messages."""
    login: Login
    root: str
    """The folder of the node on its machine."""
    instance: str
    """Changes with the machine, which may have the disk of the former one."""
    sha256: str
    owner: str
    """Owner of the data, as chown takes it."""
    hours: int
    """Time limit."""
    source: str
    """Address from which the machine takes the archive, or path of an archive on the machine."""


class ChainDataProvider(Provider[ChainDataInputs]):
    """Fetches it once per machine. It goes with the disk, so there is nothing to undo."""

    inputs_type = ChainDataInputs

    def identify(self, inputs: ChainDataInputs) -> str:
        """One per node."""
        return f"{inputs.node}/chaindata"

    def differs(self, name: str, old: object, new: object) -> bool:  # noqa: ARG002
        """Converge again only on another machine: another archive is for nodes that have no data yet."""
        return name == "instance"

    def converge(self, inputs: ChainDataInputs, known: Props) -> Props:  # noqa: ARG002
        """Start the work, or find it running, and wait."""
        _wait(inputs)
        return {}


def _wait(inputs: ChainDataInputs) -> None:
    """Ask for the progress until the data are there. Raises ChainDataError."""
    waiting, silence, speed = Waiting(inputs.hours * 3600), Waiting(GONE_SECONDS), _Speed()
    state = _ask(inputs, "begin")
    while state != "present":
        if state.startswith("failed"):
            msg = f"{inputs.node}: {state.removeprefix('failed ')}. What was fetched stays; correct it, and run again"
            raise ChainDataError(CHAIN_DATA_FAILED(msg))
        if waiting.over:
            msg = f"{inputs.node}: {words(state, None)} after {inputs.hours} h; it continues by itself; run again later"
            raise ChainDataError(CHAIN_DATA_LATE(msg))
        waiting.report(f"{inputs.node}: {words(state, speed.after(waiting.elapsed, state))}")
        waiting.pause(INTERVAL)
        try:
            state = _ask(inputs, "state")
            state = _ask(inputs, "begin") if state == "idle" else state  # it was interrupted, for example by a reboot
            silence.renew()
        except NoAnswer:
            if silence.over:
                raise


class _Speed:
    """How fast an archive is fetched, measured from the first time that a size was reported."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None

    def after(self, seconds: float, state: str) -> float | None:
        """Return the bytes per second so far; None as long as they are unknown."""
        if (fetched := _fetched(state)) is None:
            return None
        begin, had = self._first = self._first or (seconds, fetched[0])
        return (fetched[0] - had) / (seconds - begin) if seconds > begin else None


def words(state: str, rate: float | None) -> str:
    """Return the progress as a sentence; `rate` is in bytes per second."""
    fetched = _fetched(state)
    if fetched is None:
        kind, _, rest = state.partition(" ")
        return (
            f"unpacking chain data: {rest} GB so far" if kind == "unpacking" else "checking the archive of chain data"
        )
    has, total = fetched
    of = f" of {total / GB:.1f}" if total else ""
    rest = f", about {(total - has) / rate / 60:.0f} min to go" if rate and rate > 0 and total else ""
    return f"fetching chain data: {has / GB:.1f}{of} GB{rest}"


def _fetched(state: str) -> tuple[int, int] | None:
    """Return the number of bytes that were fetched, and the total (0 if unknown)."""
    kind, *numbers = state.split()
    return (int(numbers[1]), int(numbers[0])) if kind == "fetching" and len(numbers) == 2 else None


def _ask(inputs: ChainDataInputs, verb: str) -> str:
    from components.ssh.connection import run

    arguments = shlex.join([verb, inputs.root, inputs.sha256, inputs.owner, inputs.source])
    command = f"sh -s -- {arguments}"
    if verb == "begin":  # the work outlives the connection, so it needs a file; a running one keeps its old file
        place = shlex.quote(f"{inputs.root}/chaindata.sh")
        command = f"cat >{place}.new && mv {place}.new {place} && exec sh {place} {arguments}"
    step = "looking for chain data"
    return run(inputs.login, command, SCRIPT.read_text(encoding="utf-8"), timeout=TIMEOUT, step=step).strip()


class ChainData(Resource, module="servicechain", name="ChainData"):
    """Chain data from an archive."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["login"])
        super().__init__(ChainDataProvider(), name, props, pulumi.ResourceOptions.merge(secret, opts))
