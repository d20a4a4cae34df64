"""An SCN or EN in memory, which behaves like a real one as far as a registration is concerned.

A failed registration leaves it half-registered until a restart, and without its EN calls would hang.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NoReturn, cast

from components.chain.rpc.console import Console, NodeError
from components.domain.problems.chains import CALL_REFUSED

CHILD = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
PARENT = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"


EPOCH = 1_700_000_000.0
"""When the clock of tests says 0 (Unix time)."""


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.sleepers: list[Callable[[], None]] = []

    def monotonic(self) -> float:
        """Return the seconds now."""
        return self.now

    def time(self) -> float:
        """Return the seconds since 1970."""
        return EPOCH + self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass, and whatever happens meanwhile happen."""
        self.advance(seconds)
        for sleeper in self.sleepers:
            sleeper()


def fail(text: str) -> NoReturn:
    """Raise an error as a console tells it."""
    raise NodeError(CALL_REFUSED(f"scn-1: {text}"))


class FakeNode:
    """Keeps a journal (in a file) and what it has in memory, as a sub bridge does."""

    def __init__(self, peers: list[str] | None = None) -> None:
        self.id = "ee" * 64
        self.peers = ["aa" * 64] if peers is None else peers
        self.journal: dict[str, str] = {}
        self.marked: set[str] = set()
        """Child contracts that the journal marks as subscribed."""
        self.memory: set[str] = set()
        self.code = {CHILD, PARENT}
        self.sub_bridge = True
        self.fails: list[str] = []
        """Errors of the next registrations; each leaves the node half-registered."""
        self.calls: list[tuple[str, tuple[object, ...]]] = []
        self.dialled: list[tuple[str, str]] = []

    @property
    def console(self) -> Console:
        """Return a console on this node, without SSH."""
        eth = SimpleNamespace(get_code=lambda at: b"\x60" if at in self.code else b"", block_number=7)
        it = SimpleNamespace(node="scn-1", endpoint="endpoint", call=self.call, web3=SimpleNamespace(eth=eth))
        return cast("Console", it)

    def called(self, method: str) -> list[tuple[object, ...]]:
        """Return the parameters of each call of a method."""
        return [params for name, params in self.calls if name == method]

    def call(self, method: str, *params: object, timeout: float = 30.0) -> Any:  # noqa: ARG002
        """Answer, in the name of the node."""
        self.calls.append((method, params))
        name = method.split("_")[1]
        return getattr(self, f"_{name}")(*params)

    def restart(self) -> None:
        """Lose the memory and restore it from the journal."""
        self.memory = {bridge for pair in self.journal.items() for bridge in pair}

    def _nodeInfo(self) -> dict[str, str]:  # noqa: N802
        return {"id": self.id}

    def _peers(self) -> list[dict[str, str]]:
        return [{"id": peer} for peer in self.peers]

    def _listBridge(self) -> list[dict[str, object]] | None:  # noqa: N802
        if not self.sub_bridge:
            fail("subbridge_listBridge: the method subbridge_listBridge does not exist/is not available")
        entries: list[dict[str, object]] = [
            {"childAddress": child.lower(), "parentAddress": parent, "subscribed": child in self.marked}
            for child, parent in self.journal.items()
        ]
        return entries or None  # as Go encodes an empty list

    def _getRegisteredOperators(self, bridge: str) -> list[str]:  # noqa: N802
        if bridge.lower() not in {one.lower() for one in self.memory}:
            fail("subbridge_getRegisteredOperators: bridge information does not exist")
        if bridge.lower() == PARENT.lower() and not self.peers:
            fail("subbridge_getRegisteredOperators: no parent peer")
        return []

    def _registerBridge(self, child: str, parent: str) -> None:  # noqa: N802
        assert self.peers, "would hang"
        if child in self.journal:
            fail("subbridge_registerBridge: duplicated journal is inserted")
        self.journal[child] = parent
        if self.fails:
            fail(f"subbridge_registerBridge: {self.fails.pop(0)}")
        self.memory |= {child, parent}

    def _subscribeBridge(self, child: str, parent: str) -> None:  # noqa: N802
        if not {child, parent} <= self.memory:
            fail("subbridge_subscribeBridge: Invalid bridge pair")
        self.marked.add(child)

    def _deregisterBridge(self, child: str, parent: str) -> None:  # noqa: N802
        assert self.peers, "would hang"
        del self.journal[child]
        self.memory -= {child, parent}
        self.marked.discard(child)

    def _removePeer(self, kni: str) -> None:  # noqa: N802
        self.dialled.append(("remove", kni))

    def _addPeer(self, kni: str) -> None:  # noqa: N802
        self.dialled.append(("add", kni))
