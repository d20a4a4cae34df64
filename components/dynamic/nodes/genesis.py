"""Genesis: the first block of a private chain, made once, and the forks of that chain, which may come later.

No later edit of nodes or pairs changes it. Forks do: they are in the file, but the hash of the first block does not
cover them. Nodes take them over at a restart, so a new block is refused that they would pass before that.
"""

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.chain.errors import ChainError, NotReady
from components.chain.rpc.endpoint import Endpoint
from components.domain.forks import Blocks, lead
from components.domain.problems.chains import FORK_IS_PAST, FORK_TOO_NEAR, FORK_UNCHECKED, FORKS_WITHOUT_ENTRY
from components.domain.problems.problem import CodedError, Message
from components.domain.quorum import quorum
from components.domain.units import DAY
from components.dynamic.base import Inputs, Props, Provider
from components.kaia.genesis import forks_of, with_forks


class ForkRefused(CodedError, ValueError):
    """A fork cannot come to a running chain as the settings say."""


class GenesisInputs(Inputs):
    """The file as it would be made today; only the first one counts, but for its forks."""

    text: str
    forks: dict[str, int] | None = None
    """Forks in the settings; None if these say nothing about forks."""
    nodes: list[Endpoint] | None = None
    """With `forks`: nodes of the chain that know its newest block."""
    restarts: int | None = None
    """With `forks`: how many nodes are restarted, one after the other, before the last one has them."""


class GenesisProvider(Provider[GenesisInputs]):
    """Keeps the first text. The chain that started with it is removed with its machines."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    inputs_type = GenesisInputs

    def identify(self, inputs: GenesisInputs) -> str:
        """Return the digest of the file."""
        return hashlib.sha256(inputs.text.encode()).hexdigest()[:16]

    def complete(self, olds: Props, news: Props) -> Props:
        """Keep what was made, with the forks of today; say what changes. Raises ForkRefused."""
        if not olds:
            return news
        before = str(olds["text"])
        named, former = _blocks(news.get("forks")), _blocks(olds.get("forks"))
        kept = {**news, "text": with_forks(before, named, former) if named != former else before}
        if changes := changed(before, kept["text"]):
            if news.get("forks") is None:
                raise ForkRefused(
                    FORKS_WITHOUT_ENTRY(
                        f"nodes have the forks {', '.join(changes)}; put the key `forks` back, and take out of it what "
                        "is only planned"
                    )
                )
            self._load()
            chain = _chain(news.get("nodes") or olds.get("nodes"))
            _look(changes, chain, int(news.get("restarts") or olds.get("restarts") or 0))
            for line in notices(changes, chain.head if chain else None):
                print(line, file=sys.stderr)
        return kept

    def differs(self, name: str, old: object, new: object) -> bool:  # noqa: ARG002
        """Compare the file and its forks, not where its nodes are."""
        return name in ("text", "forks")

    def converge(self, inputs: GenesisInputs, known: Props) -> Props:
        """Look again before any file is written: the chain went on since the plan. Raises ForkRefused and NotReady."""
        if known and (changes := changed(str(known["text"]), inputs.text)):
            chain = _chain(inputs.nodes or known.get("nodes"))
            if chain is None:
                raise NotReady(unchecked(changes))
            _look(changes, chain, inputs.restarts or int(known.get("restarts") or 0))
        return {}


Changes = Mapping[str, tuple[int | None, int | None]]
"""The first block of each fork that changes, before and after; None without that fork."""


def changed(before: str, after: str) -> Changes:
    """Return which forks differ between two genesis files."""
    if before == after:
        return {}
    old, new = forks_of(before), forks_of(after)
    both = {name: (old.get(name), new.get(name)) for name in {**old, **new}}
    return {name: blocks for name, blocks in both.items() if blocks[0] != blocks[1]}


@dataclass(frozen=True)
class LiveChain:
    """What the nodes of a chain say of it."""

    head: int
    """The newest block that any of them has."""
    forks: Mapping[str, Blocks]
    """The chain config of each node that answers."""
    nodes: int
    """How many there are: all its validators, as far as the program makes them."""

    def without(self, fork: str, block: int) -> list[str]:
        """Return the nodes that do not have a fork at that block."""
        return [node for node, forks in self.forks.items() if forks.get(fork) != block]

    def passed_by(self, fork: str, block: int) -> bool:
        """Return whether the chain has that block by the old rules: so many nodes do not have the fork."""
        return block <= self.head and len(self.without(fork, block)) >= quorum(self.nodes)


def refusals(changes: Changes, chain: LiveChain, nodes: int) -> Iterator[Message]:
    """Return why a chain cannot take a change. `nodes`: how many are restarted for it."""
    head = chain.head
    first = head + lead(nodes) + 1
    for name, (planned, new) in changes.items():
        old = None if planned is not None and chain.passed_by(name, planned) else planned
        if old is not None and old <= head:
            became = "removed" if new is None else f"moved to block {new}"
            lacking = ", ".join(chain.without(name, old))
            yield FORK_IS_PAST(
                f"the fork {name} is in effect since block {old} and cannot be {became}: the chain is at block {head}"
                + (f"; not in the chain config of {lacking}" if lacking else "")
            )
        elif old is not None and old < first:
            yield FORK_TOO_NEAR(
                f"the fork {name} comes at block {old} and cannot be changed any more: the chain is at block {head}, "
                f"and the restarts of {nodes} nodes may take until block {first}"
            )
        elif new is not None and new < first:
            yield FORK_TOO_NEAR(
                f"the fork {name} cannot come at block {new}: the chain is at block {head}, and {nodes} nodes are "
                f"restarted before it; write block {first} or a later one, with time to start the up"
            )


def notices(changes: Changes, head: int | None) -> Iterator[str]:
    """Return a sentence on each fork that comes, moves or goes, and on when it is if the newest block is known."""
    if head is None:
        yield unchecked(changes)
    for name, (old, new) in changes.items():
        if new is None:
            yield f"the fork {name} at block {old} does not take place"
        else:
            ahead = "" if head is None else f", {new - head} blocks and about {_duration(new - head)} from now"
            moved = "" if old is None else f" instead of {old}"
            yield f"the fork {name} comes at block {new}{moved}{ahead}; each node takes it over at its restart"


def unchecked(changes: Changes) -> Message:
    """Return that nobody knows how far the chain is."""
    return FORK_UNCHECKED(f"no node answers, so it is not known whether there is time for: {', '.join(changes)}")


def _look(changes: Changes, chain: LiveChain | None, nodes: int) -> None:
    if chain is not None and (refused := [*refusals(changes, chain, nodes)]):
        raise ForkRefused(refused[0].extended("".join(f"\n{one}" for one in refused[1:])))


def _duration(seconds: int) -> str:
    """Return a time in words, of a chain that makes a block each second."""
    for unit, word in ((DAY, "days"), (DAY // 24, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds // unit} {word}"
    return f"{seconds} seconds"


def _blocks(forks: object) -> Blocks:
    """Return forks as Pulumi keeps them: with numbers as floats."""
    return {str(name): int(block) for name, block in forks.items()} if isinstance(forks, Mapping) else {}


def _chain(nodes: object) -> LiveChain | None:
    """Read a chain from all these nodes; None if none answers. Of new machines nothing is known."""
    from components.chain.peers import handshake
    from components.chain.rpc import head
    from components.chain.rpc.console import Console

    asked = nodes if isinstance(nodes, Sequence) else ()
    heads: list[int] = []
    forks: dict[str, Blocks] = {}
    for node in asked:
        if pulumi.contains_unknowns(node):
            continue
        with suppress(ChainError), closing(Console(Endpoint.model_validate(node))) as console:
            heads.append(head.number(console))
            forks[console.node] = handshake.forks_of(console)
    return LiveChain(max(heads), forks, len(asked)) if heads else None


def fork_inputs(
    forks: Blocks | None, nodes: Sequence[pulumi.Output[Mapping[str, object]]], restarts: int
) -> Props | None:
    """Return the inputs of a Genesis about forks; None if the settings say nothing about them (see GenesisInputs)."""
    if forks is None:
        return None
    return {"forks": dict(forks), "nodes": pulumi.Output.secret(pulumi.Output.all(*nodes)), "restarts": restarts}


class Genesis(Resource, module="servicechain", name="Genesis"):
    """The genesis.json of a private chain."""

    text: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        text: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
        forks: Props | None = None,
    ) -> None:
        """`forks`: the inputs about them, if the settings say anything about forks."""
        secret = pulumi.ResourceOptions(additional_secret_outputs=["nodes"] if forks else [])
        super().__init__(
            GenesisProvider(), name, {"text": text, **(forks or {})}, pulumi.ResourceOptions.merge(secret, opts)
        )
