"""DataLoss: how much of a chain's data one run may delete, on every target.

A chain continues while the nodes that keep its data are a quorum of its validators. With fewer it stops for good, and
enough nodes that start with an empty disk would agree on another chain. A program does not see `--replace`, and a
provider does not know what the engine does with the other resources. But the engine calls `check` for everything that
the program declares, and never in a destroy: what is deleted after its check in the same process is being replaced. All
dynamic resources of a run share one process, so the counts here cover all of them.
"""

import threading
from collections.abc import Mapping
from contextlib import suppress

import pulumi
from pydantic import ValidationError

from components.domain.problems.hosts import NO_SPARE_SCN, ONLY_COPY, TOO_MANY_AT_ONCE
from components.domain.problems.problem import CodedError, Message
from components.topology.data_holders import Holding


class DataLossError(CodedError, ValueError):
    """A run would delete more of a chain's data than the chain can lose. The message has the next step."""


class Ledger:
    """Counts the nodes of a chain whose data one run deletes, or that it stops."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holdings: dict[str, Holding] = {}
        self._deleted: set[str] = set()
        self._empty: set[str] = set()
        self._down: set[str] = set()

    def declare(self, name: str, holding: Holding) -> None:
        """Record that the program still declares this node, and which nodes hold its chain."""
        with self._lock:
            self._holdings[name] = holding

    def stays(self, name: str) -> bool:
        """Return whether the program still declares this node."""
        with self._lock:
            return name in self._holdings

    def require_deletable(self, name: str) -> None:
        """Count the data of a node as deleted, if the program still declares the node.

        Raises DataLossError, without counting it, if fewer nodes than the quorum would keep theirs.
        """
        with self._lock:
            holding = self._holdings.get(name)
            if holding is None:
                return  # it is removed, or the whole stack is, or other nodes hold all its data
            gone = {*self._deleted, *self._empty} & {*holding.nodes} - {name}
            if len(gone) >= holding.spare:
                raise DataLossError(_too_many(name, holding, sorted(gone)))
            self._deleted.add(name)

    def require_startable_empty(self, name: str) -> None:
        """Count a node whose data cannot be reached, and are not deleted, as one that starts with an empty disk.

        Raises DataLossError, without counting it, if no node would have the chain, or such nodes could start another.
        """
        with self._lock:
            holding = self._holdings.get(name)
            if holding is None:
                return
            empty = {*self._deleted, *self._empty} & {*holding.nodes} - {name}
            if len(empty) + 1 >= holding.quorum:
                raise DataLossError(_another_chain(name, holding, sorted(empty)))
            self._empty.add(name)

    def require_stoppable(self, name: str) -> None:
        """Count a node as down while its machine is replaced, which loses no data.

        Raises DataLossError, without counting it, if the chain cannot continue without it. One node is always allowed.
        """
        with self._lock:
            holding = self._holdings.get(name)
            if holding is None:
                return
            down = self._down & {*holding.nodes} - {name}
            if len(down) >= max(1, holding.spare):
                msg = (
                    f"{name} would be exchanged in the same run as {', '.join(sorted(down))}: {holding.quorum} of "
                    f"{len(holding.nodes)} nodes have to run for the chain to continue. {_one_at_a_time(name)}"
                )
                raise DataLossError(TOO_MANY_AT_ONCE(msg))
            self._down.add(name)


LEDGER = Ledger()
"""The counts of this process."""


def declare(inputs: Mapping[str, object]) -> None:
    """Record a node and its `holding` from the inputs of its machine, which may be unknown or invalid yet."""
    name, holding = inputs.get("name"), inputs.get("holding")
    if isinstance(name, str) and holding is not None and not pulumi.contains_unknowns(holding):
        with suppress(ValidationError):
            LEDGER.declare(name, Holding.model_validate(holding))


def _too_many(name: str, holding: Holding, gone: list[str]) -> Message:
    if len(holding.nodes) == 1:
        return ONLY_COPY(
            f"{name}: its chain data are not deleted: no other node has this chain. Leave its machine as it is, or "
            "destroy the stack first (make down) to begin a new chain"
        )
    others = f", and {', '.join(gone)} would lose theirs in this run" if gone else ""
    what = f"{name}: its chain data are not deleted: {holding.quorum} of {len(holding.nodes)} SCNs have to keep theirs"
    if not holding.spare:
        return NO_SPARE_SCN(f"{what}. Bring serviceChain.nodes to four SCNs or more with make up, and try again")
    return TOO_MANY_AT_ONCE(
        f"{what}{others}. {_one_at_a_time(name)}; to begin a new chain, destroy the stack first (make down)"
    )


def _another_chain(name: str, holding: Holding, empty: list[str]) -> Message:
    if len(holding.nodes) == 1:
        return ONLY_COPY(
            f"{name} would begin with an empty disk, and no other node has this chain. Bring the old machine back, or "
            "destroy the stack first (make down) to begin a new chain"
        )
    these = ", ".join([*empty, name])
    return TOO_MANY_AT_ONCE(
        f"{these} would begin with empty disks in one run, and {holding.quorum} of {len(holding.nodes)} nodes are "
        f"enough to begin another chain. {_one_at_a_time(name)}"
    )


def _one_at_a_time(name: str) -> str:
    return (
        "Exchange one machine at a time: undo the edit for all but one host, or use "
        f"make replace MACHINE={name}, which waits until all the others are healthy"
    )
