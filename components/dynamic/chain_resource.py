"""The base of all resources on a chain: which chain, which nodes, which signer.

read the chain -> plan -> simulate -> send -> wait for the receipt -> read back: all of that is in chain/. Modules that
import web3 are imported inside the methods that need them: it takes a second, and a preview without changes needs none.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, TypeVar

import pulumi
from pulumi.dynamic import Resource

from components.chain.accounts.owner import Owner, OwnerNode
from components.chain.accounts.signer import AnySigner, key_parts
from components.chain.errors import ChainError, ChainUnreadable
from components.chain.rpc.endpoint import Endpoint
from components.dynamic.base import Inputs, Props, Provider
from components.ssh.errors import SshError

if TYPE_CHECKING:
    from components.chain.rpc.console import Console


IN_SYNC_SECONDS = 60.0
"""How long to wait for a node in sync before anything is planned on its chain."""
READ_SECONDS = 5.0
"""The same at a refresh: a new block reaches some nodes earlier than others."""
UNREADABLE_SECONDS = 60.0
"""For so long an unreadable chain is not tried again: each dead machine costs 10 s."""

_reading = threading.Lock()
_unreadable: dict[int, tuple[float, ChainUnreadable]] = {}
"""Time and error of the last failed attempt, keyed by chain id."""


class ChainPlace(Inputs):
    """A chain and its nodes."""

    chain_id: int
    endpoints: list[Endpoint]
    """Nodes of the chain; the first one in sync is used."""


class ChainInputs(ChainPlace):
    """A chain, its nodes and a signer."""

    signer: AnySigner


class OwnedInputs(ChainInputs):
    """For calls of the contract owner: that is the signer, unless the owner is the operator of an SCN."""

    owner_node: OwnerNode | None = None

    @property
    def owner(self) -> Owner:
        """Return the account or node that makes owner calls."""
        return self.owner_node or self.signer


PlaceT = TypeVar("PlaceT", bound=ChainPlace)


class ChainProvider(Provider[PlaceT]):
    """A provider that reads and changes one chain."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    unreadable: ClassVar[tuple[type[Exception], ...]] = (ChainError, SshError)
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id"})

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore added nodes: only a node that is removed or changed requires an update.

        Of the signer only the key and its place count, because a destroy signs with them. Fields that all kinds of
        signers have, such as the gas price limit, apply to the next transaction and require no update.
        """
        if name == "signer" and isinstance(old, dict) and isinstance(new, dict):
            return key_parts(old) != key_parts(new)
        if name != "endpoints" or not isinstance(old, list) or not isinstance(new, list):
            return True
        return any(endpoint not in new for endpoint in old)

    def observe(self, inputs: PlaceT, known: Props) -> Props | None:
        """Read through a node in sync: only such a node can show that something is gone."""
        with reading(self.nodes(inputs), inputs.chain_id) as console:
            return self.look(console, inputs, known)

    def look(self, console: "Console", inputs: PlaceT, known: Props) -> Props | None:  # noqa: ARG002 - hook
        """Return the result of `observe`, read through this console."""
        return {}

    def nodes(self, inputs: PlaceT) -> Sequence[Endpoint]:
        """Return the nodes to read from."""
        return inputs.endpoints

    def subject(self, inputs: PlaceT, known: Props) -> str:  # noqa: ARG002 - hook
        """Name the chain, and the contract if there is one."""
        bridge = getattr(inputs, "bridge", None)
        return f"drift: chain {inputs.chain_id}" + (f", bridge {bridge}" if bridge else "")


@contextmanager
def session(inputs: ChainPlace) -> Iterator["Console"]:
    """Connect to the chain to change it, through a node in sync: the plan depends on what that node reports.

    Raises ChainUnreadable.
    """
    from components.chain.rpc.console import connect

    with connect(inputs.endpoints, inputs.chain_id) as console:
        _require_in_sync(console, inputs.chain_id, IN_SYNC_SECONDS)
        yield console


@contextmanager
def reading(nodes: Sequence[Endpoint], chain_id: int) -> Iterator["Console"]:
    """Connect to the chain to read it, through a node in sync.

    Raises ChainUnreadable, without another attempt if the last one failed a moment ago.
    """
    from components.chain.rpc.console import connect

    with _reading:
        since, known = _unreadable.get(chain_id, (0.0, None))
    if known and time.monotonic() - since < UNREADABLE_SECONDS:
        raise known
    try:
        with connect(nodes, chain_id) as console:
            _require_in_sync(console, chain_id, READ_SECONDS)
            yield console
    except ChainUnreadable as error:
        told = _at_a_refresh(error)
        with _reading:
            _unreadable[error.chain_id] = (time.monotonic(), told)
        raise told from error


def _at_a_refresh(error: ChainUnreadable) -> ChainUnreadable:
    """Return the error with what comes next, as a refresh repairs nothing."""
    return ChainUnreadable(error.chain_id, error.reasons, "the next up starts nodes that are down")


def _require_in_sync(console: "Console", chain_id: int, seconds: float) -> None:
    """Wait until the node has the newest block of its chain. Raises ChainUnreadable."""
    from components.chain.errors import NotReady
    from components.chain.rpc.head import NEAR_BLOCKS, behind
    from components.chain.rpc.waiting import wait_for

    if console.behind is None:
        return
    try:
        wait_for(lambda: behind(console, NEAR_BLOCKS) or True, seconds)
    except NotReady as error:
        next_step = "wait until one has caught up, or bring back those that are down, then run again"
        raise ChainUnreadable(chain_id, str(error), next_step) from error
    console.behind = None


class ChainResource(Resource):
    """A tracked resource on a chain. Its keys are secret inputs and outputs (Pulumi deletes with the outputs)."""

    def __init__(
        self, provider: ChainProvider[PlaceT], name: str, props: Props, opts: pulumi.ResourceOptions | None
    ) -> None:
        secrets = ["endpoints", "signer", *(key for key in ("owner_node", "refund", "other_endpoints") if key in props)]
        secret = pulumi.ResourceOptions(additional_secret_outputs=secrets)
        super().__init__(provider, name, props, pulumi.ResourceOptions.merge(secret, opts))
