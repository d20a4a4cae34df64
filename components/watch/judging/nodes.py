"""Findings on chains, nodes and machines. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from components.chain.rpc.head import HALTED_SECONDS, NEAR_BLOCKS
from components.domain.forks import differing, missing, stage
from components.domain.networks import Side
from components.domain.problems.chains import CHAIN_HALTED, NODE_BEHIND, PEER_MISSING
from components.domain.problems.hosts import CLOCK_WRONG, DISK_FULL_SOON
from components.domain.problems.nodes import OTHER_FORKS, OTHER_IDENTITY
from components.domain.problems.packages import FORK_AHEAD, STOPPED_AT_FORK
from components.domain.problems.problem import Message
from components.domain.quorum import quorum
from components.domain.versions import version_in
from components.watch.judging.finding import Finding
from components.watch.readings import ChainReading, MachineReading, Missing, Readings
from components.watch.targets import NodeTarget, Targets

FREE_BYTES, FREE_PART = 5 * 2**30, 0.05
"""Of a disk that is not nearly full: at least one of these."""
CLOCK_SECONDS = 5.0


@dataclass(frozen=True)
class Quorum:
    """Validators of a chain."""

    seats: int
    needed: int
    """How many have to agree on a block."""
    alive: int
    """Those whose node is not known to be dead: nodes of others count as alive."""


def quorum_of(side: Side, targets: Targets, readings: Readings, without: str = "") -> Quorum | None:
    """Return how many validators a chain has, needs, and may count on; None if that is not known.

    `without`: a node that counts as dead.
    """
    chain = readings.chains[side]
    if isinstance(chain, Missing) or isinstance(chain.council, Missing) or not chain.council:
        return None
    dead = {
        node.seat
        for node in targets.of_side(side)
        if node.name == without or isinstance(readings.nodes[node.name].chain, Missing)
    }
    return Quorum(len(chain.council), quorum(len(chain.council)), len(chain.council - dead))


def chain_findings(side: Side, readings: Readings) -> Iterator[Finding]:
    """Yield what is wrong with a chain."""
    chain, subject = readings.chains[side], f"{side} chain"
    if isinstance(chain, Missing):
        yield Finding("stopped", subject, chain.reason)
    elif chain.age > HALTED_SECONDS:
        words = f"the {side} chain: its newest block, {chain.head}, is {chain.age:.0f} s old"
        yield Finding("stopped", subject, CHAIN_HALTED(words))


def node_findings(node: NodeTarget, targets: Targets, readings: Readings) -> Iterator[Finding]:
    """Yield what is wrong with a node and its machine."""
    reading, name = readings.nodes[node.name], node.name

    def wrong(message: Message, *, disables: bool = False) -> Finding:
        return Finding("degraded", name, message, disables)

    chain, machine = reading.chain, reading.machine
    if isinstance(chain, Missing):
        yield wrong(chain.reason, disables=True)
    elif chain.chain_id != node.chain_id:
        words = f"{name}: it is on chain {chain.chain_id}, not on chain {node.chain_id}"
        yield wrong(OTHER_IDENTITY(words), disables=True)
    else:
        if (lack := blocks_behind(node, readings)) > NEAR_BLOCKS:
            yield wrong(NODE_BEHIND(f"{name}: it is at block {chain.head}, {lack} behind its chain"), disables=True)
        if chain.peers == 0 and _has_others(node, targets, readings):
            yield wrong(PEER_MISSING(f"{name}: it is connected to no other node of its chain"))
        yield from (wrong(words) for words in _forks(node, targets, chain, readings.moment))
        if words := other_forks(node, chain):
            yield wrong(OTHER_FORKS(f"{name}: {words}"))
    if not isinstance(machine, Missing):
        yield from (wrong(words) for words in _machine(node, machine))


def _machine(node: NodeTarget, machine: MachineReading) -> Iterator[Message]:
    if machine.free < FREE_BYTES and machine.free < machine.size * FREE_PART:
        words = f"{machine.free / 2**30:.1f} GiB of {machine.size / 2**30:.0f} are free at {node.folder}"
        yield DISK_FULL_SOON(f"{node.name}: {words}")
    if abs(machine.clock) > CLOCK_SECONDS:
        where = "ahead of" if machine.clock > 0 else "behind"
        yield CLOCK_WRONG(f"{node.name}: its clock is {abs(machine.clock):.0f} s {where} that of this computer")


def _has_others(node: NodeTarget, targets: Targets, readings: Readings) -> bool:
    """Tell whether its chain has other nodes, of the stack or of others: an EN is no validator, which a chain needs."""
    council = quorum_of(node.side, targets, readings)
    return len(targets.of_side(node.side)) > 1 or node.role == "en" or (council is not None and council.seats > 1)


def blocks_behind(node: NodeTarget, readings: Readings) -> int:
    """Return how many blocks a node lacks, of what its peers and the other nodes of the stack have."""
    own, newest = readings.nodes[node.name].chain, readings.chains[node.side]
    if isinstance(own, Missing):
        return 0
    heads = [own.head, *([] if isinstance(newest, Missing) else [newest.head])]
    heads += [] if isinstance(own.best, Missing) else [own.best]
    return max(heads) - own.head


def other_forks(node: NodeTarget, chain: ChainReading) -> str:
    """Return in words that a node has other forks in its chain config than in its genesis.json; empty if it has not."""
    if node.forks is None or isinstance(chain.forks, Missing) or not chain.forks:
        return ""
    words = differing(node.forks, chain.forks)
    return f"its chain config has {words}" if words else ""


def _forks(node: NodeTarget, targets: Targets, chain: ChainReading, moment: float) -> Iterator[Message]:
    """Yield that an EN lacks forks of its network."""
    if node.role != "en" or targets.network is None or isinstance(chain.version, Missing):
        return
    version, today = version_in(chain.version) or "", datetime.fromtimestamp(moment, UTC).date()
    for fork in missing(targets.network, version):
        words = f"{node.name}: {version} does not know the fork {fork.name} at block {fork.block}"
        if (when := stage(fork, today)) != "later":
            yield (STOPPED_AT_FORK if when == "past" else FORK_AHEAD)(f"{words}; {fork.since} does")
