"""ChainData: chain data on the disk of a node that had none, from an archive, so that it has not to fetch every block.

The work is done on the machine by the script, which goes on when the connection or this program ends: it takes hours.
This only begins it and looks how far it is. Where there is chain data already nothing is done.
"""

import shlex
from pathlib import Path

import pulumi
from pulumi.dynamic import Resource

from components.chain.rpc.waiting import Waiting
from components.dynamic.base import Inputs, Props, Provider
from components.ssh.errors import NoAnswer
from components.ssh.login import Login

SCRIPT = Path(__file__).parent.parent / "nodes" / "chaindata.sh"
INTERVAL = 5.0
"""Seconds from one look to the next."""
GONE_SECONDS = 300.0
"""How long the machine may be silent meanwhile."""
TIMEOUT = 60.0
"""Seconds for one look."""
GB = 10**9


class ChainDataError(RuntimeError):
    """Chain data cannot be had from the archive. The message has the machine and the reason."""


class ChainDataInputs(Inputs):
    """One node."""

    node: str
    """Name of the node, for messages."""
    login: Login
    root: str
    """The folder of the node on its machine."""
    instance: str
    """Another one for another machine, which may have the disk of the one before."""
    sha256: str
    owner: str
    """Whose the data are, as chown takes it."""
    hours: int
    """How long it may take."""
    source: str
    """Address from which the machine takes the archive, or path of one that was put there."""


class ChainDataProvider(Provider[ChainDataInputs]):
    """Puts it there once a machine. It goes with the disk, so there is nothing to undo."""

    inputs_type = ChainDataInputs

    def identify(self, inputs: ChainDataInputs) -> str:
        """One a node."""
        return f"{inputs.node}/chaindata"

    def differs(self, name: str, old: object, new: object) -> bool:  # noqa: ARG002
        """Look again on a new machine alone: another archive is for nodes that have no data yet."""
        return name == "instance"

    def converge(self, inputs: ChainDataInputs, known: Props) -> Props:  # noqa: ARG002
        """Begin it, or find it begun, and wait."""
        _wait(inputs)
        return {}


def _wait(inputs: ChainDataInputs) -> None:
    """Ask how far it is until the data are there. Raises ChainDataError."""
    waiting, silence = Waiting(inputs.hours * 3600), Waiting(GONE_SECONDS)
    first: tuple[float, int] | None = None
    state = _ask(inputs, "begin")
    while state != "present":
        if state.startswith("failed"):
            msg = f"{inputs.node}: {state.removeprefix('failed ')}. What was fetched stays; correct it, and run again"
            raise ChainDataError(msg)
        if waiting.over:
            msg = f"{inputs.node}: {words(state, None)} after {inputs.hours} h; it goes on by itself: run again later"
            raise ChainDataError(msg)
        has = _fetched(state)
        if has is not None and first is None:
            first = (waiting.elapsed, has[0])
        took = waiting.elapsed - first[0] if first else 0
        rate = (has[0] - first[1]) / took if has and first and took else None
        waiting.report(f"{inputs.node}: {words(state, rate)}")
        waiting.pause(INTERVAL)
        try:
            state = _ask(inputs, "state")
            state = _ask(inputs, "begin") if state == "idle" else state  # it was cut off, as by a reboot
            silence.renew()
        except NoAnswer:
            if silence.over:
                raise


def words(state: str, rate: float | None) -> str:
    """Return how far it is; `rate` is in bytes a second."""
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
    """Return how many bytes are there, and how many there are in all (0 where that is not known)."""
    kind, *numbers = state.split()
    return (int(numbers[1]), int(numbers[0])) if kind == "fetching" and len(numbers) == 2 else None


def _ask(inputs: ChainDataInputs, verb: str) -> str:
    from components.ssh.connection import run

    arguments = shlex.join([verb, inputs.root, inputs.sha256, inputs.owner, inputs.source])
    command = f"sh -s -- {arguments}"
    if verb == "begin":  # the work outlives the connection and needs a file; one that runs from it keeps its own
        place = shlex.quote(f"{inputs.root}/chaindata.sh")
        command = f"cat >{place}.new && mv {place}.new {place} && exec sh {place} {arguments}"
    step = "looking for chain data"
    return run(inputs.login, command, SCRIPT.read_text(encoding="utf-8"), timeout=TIMEOUT, step=step).strip()


class ChainData(Resource, module="servicechain", name="ChainData"):
    """Chain data from an archive."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["login"])
        super().__init__(ChainDataProvider(), name, props, pulumi.ResourceOptions.merge(secret, opts))
