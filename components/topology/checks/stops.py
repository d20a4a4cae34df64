"""Which machines on AWS an edit would stop or replace; one run may do so to those of one pair. Pure.

The engine changes machines side by side, so an edit of a role would stop all of its machines at once. The live machines
are compared, and not the state: a run that was interrupted has changed some of them, and what somebody changed by hand,
an up after a refresh changes back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.domain.problems.aws.account import STOPS_PAIRS
from components.domain.problems.problem import Message
from components.settings.sentences import at
from components.topology.machine import Machine


@dataclass(frozen=True)
class Live:
    """A machine that runs, as AWS has it."""

    instance_type: str
    public_address: bool
    root_key: str | None
    """ARN of the KMS key of its root disk; None if it is not known."""


@dataclass(frozen=True)
class Stop:
    """A machine that an edit stops or replaces."""

    machine: Machine
    where: str
    """The setting of all machines, or of those of its role, that does it."""
    change: str
    """From what to what."""

    @property
    def key(self) -> str:
        """Return the key that does it, such as instanceType."""
        return self.where.rpartition(".")[2]


def problems(machines: Sequence[Machine], live: Mapping[str, Live], kms_key: str | None) -> list[Message]:
    """Return a message if machines that are not one pair would be stopped or replaced in one run.

    `live`: the machines that run, by name. `kms_key`: that of the stack.
    """
    stops = [stop for one in machines if one.name in live for stop in _stops(one, live[one.name], kms_key)]
    if len({stop.machine.unit for stop in stops}) <= 1:
        return []
    first = stops[0]
    listed = ", ".join(f"{stop.machine.name} ({stop.key} {stop.change})" for stop in stops)
    own = f"aws.machines.{first.machine.name}.{first.key}"
    words = (
        f"one run would stop or replace machines that are not one pair: {listed}. Change one machine or pair at a "
        f"time: give this setting its former value, write the new one as {own}, run make up, and go on with the next "
        "when all nodes are healthy. When all machines have it, write it here and remove the others"
    )
    return [at(first.where, STOPS_PAIRS(words))]


def _stops(wanted: Machine, live: Live, kms_key: str | None) -> Iterator[Stop]:
    size, of_role = wanted.size, f"aws.{wanted.role}"
    if size.instance_type != live.instance_type:
        yield Stop(wanted, f"{of_role}.instanceType", f"from {live.instance_type} to {size.instance_type}")
    if size.public_address != live.public_address:
        change = "from false to true" if size.public_address else "from true to false"
        yield Stop(wanted, f"{of_role}.publicAddress", change)
    key = size.kms_key or kms_key
    if key and live.root_key and key != live.root_key:
        where = f"{of_role}.kmsKey" if size.kms_key else "aws.kmsKey"
        yield Stop(wanted, where, f"from {_short(live.root_key)} to {_short(key)}")


def _short(arn: str) -> str:
    return arn.rpartition("/")[2]
