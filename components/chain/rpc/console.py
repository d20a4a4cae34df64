"""The console of a node: web3 plus the node's own namespaces, over IPC through SSH."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from web3 import Web3
from web3.providers import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from components.chain.errors import ChainError, ChainUnreadable, Unreachable
from components.chain.rpc import head
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.ipc_stream import Channel
from components.chain.rpc.node_locks import in_use, is_restarting
from components.domain.problems.chains import CALL_REFUSED
from components.domain.problems.problem import Message

CALL_TIMEOUT = 30.0
"""Seconds for one call. The node itself sets no limit on most of its calls to the parent chain."""

AWAY_SECONDS = 60.0
"""For so long a node that did not answer is asked after the others: each dead machine costs 10 s."""

_away: dict[Endpoint, float] = {}
"""When a node did not answer, for all resources of this process."""


class NodeError(ChainError):
    """The node answered with an error; the message is the node's own."""


class _TunnelProvider(JSONBaseProvider):
    """Connects at once, and reconnects for the first call after the connection was lost."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._channel: Channel | None = Channel(endpoint)

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        return self.call(method, params, CALL_TIMEOUT)

    def call(self, method: str, params: Any, timeout: float) -> RPCResponse:
        request = self.encode_rpc_request(RPCEndpoint(method), params)
        channel = self._channel = self._channel or Channel(self._endpoint)
        try:
            return self.decode_rpc_response(channel.exchange(request, timeout))
        except Unreachable:
            self.close()  # a late answer would be taken for the answer to the next request
            raise

    def call_each(self, method: str, params: Sequence[object], timeout: float) -> list[RPCResponse]:
        """Return the responses to several calls of a method, which travel as one message."""
        requests = [self.encode_rpc_request(RPCEndpoint(method), one) for one in params]
        channel = self._channel = self._channel or Channel(self._endpoint)
        try:
            responses = json.loads(channel.exchange(b"[" + b",".join(requests) + b"]", timeout))
        except Unreachable:
            self.close()
            raise
        return sorted(responses, key=lambda one: int(one["id"]))

    def close(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None


class Console:
    """One node. `web3` speaks eth_*; `call` speaks everything else."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Connect. Raises Unreachable."""
        self.endpoint = endpoint
        self.node = endpoint.node
        self.behind: Message | None = None
        """Why it was not in sync when `connect` chose it, as no node of its chain was; None for a node in sync."""
        self._provider = _TunnelProvider(endpoint)
        self.web3 = Web3(self._provider, middleware=[])

    def call(self, method: str, *params: object, timeout: float = CALL_TIMEOUT) -> Any:
        """Call a method by its JSON-RPC name and return the result.

        Raises NodeError with the message of the node, or Unreachable after `timeout` seconds.
        """
        return self._result(method, self._provider.call(method, list(params), timeout))

    def call_each(self, method: str, params: Sequence[object], timeout: float = CALL_TIMEOUT) -> list[Any]:
        """Call a method once per list of parameters, all in one message to the node."""
        if not params:
            return []
        return [self._result(method, one) for one in self._provider.call_each(method, params, timeout)]

    def _result(self, method: str, response: RPCResponse) -> Any:
        if "error" in response:
            error = response["error"]
            text = error if isinstance(error, str) else error.get("message", "no reason given")
            raise NodeError(CALL_REFUSED(f"{self.node}: {method}: {text}"))
        return response["result"]

    def close(self) -> None:
        """Close the connection to the node."""
        self._provider.close()


def in_order(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Return nodes in the order in which to ask: those that are restarting, or just did not answer, come last."""
    since = time.monotonic() - AWAY_SECONDS
    return sorted(endpoints, key=lambda one: (is_restarting(one), _away.get(one, since) > since))


@contextmanager
def connect(endpoints: Iterable[Endpoint], chain_id: int) -> Iterator[Console]:
    """Connect to the first node that is in sync with the chain of that id and is not restarting.

    Where no node is in sync it is the one with the highest head, with the reason in `behind`: it may be used to wait,
    but not to conclude that something is gone. Raises ChainUnreadable when no node answers, naming each node and why.
    """
    reasons: list[str] = []
    late: list[tuple[int, Endpoint, Message]] = []
    for endpoint in in_order(endpoints):
        with in_use(endpoint), _on_chain(endpoint, chain_id, reasons) as console:
            if console is None:
                continue
            try:
                lack = head.behind(console, head.NEAR_BLOCKS)
                height = head.number(console) if lack else 0
            except ChainError as error:
                reasons.append(str(error))
                continue
            if lack:
                late.append((height, endpoint, lack))
                continue
            yield console
            return
    for _, endpoint, lack in sorted(late, key=lambda one: -one[0]):
        with in_use(endpoint), _on_chain(endpoint, chain_id, reasons) as console:
            if console is None:
                continue
            console.behind = lack
            yield console
            return
    raise ChainUnreadable(chain_id, "; ".join(reasons) or "it has none", "bring one of them back, then run again")


@contextmanager
def _on_chain(endpoint: Endpoint, chain_id: int, reasons: list[str]) -> Iterator[Console | None]:
    """Connect to a node on that chain, or add to the reasons why not."""
    console = None
    try:
        console = Console(endpoint)
        actual = int(console.call("eth_chainId", timeout=5), 16)
    except ChainError as error:
        _away[endpoint] = time.monotonic()
        reasons.append(str(error))
        if console:
            console.close()
        yield None
        return
    try:
        if actual == chain_id:
            yield console
        else:
            reasons.append(f"{endpoint.node}: is on chain {actual}, not {chain_id}")
            yield None
    finally:
        console.close()
