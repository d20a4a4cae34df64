"""A reference RPC: a node of the parent chain that somebody else runs, asked over HTTP for its height and its blocks.

Its URL may contain an API key, so messages show only the host.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from components.chain.errors import ChainError, Unreachable
from components.domain.problems.chains import REFERENCE_OF_OTHER_CHAIN, REFERENCE_SILENT

TIMEOUT = 10.0
"""Seconds for one call."""
_LARGEST = 16 * 1024**2
"""Bytes of an answer that are read: a block has 69 for each of its transactions, and else 2 kB."""


class OtherChain(ChainError):
    """The reference is a node of another chain. Waiting would not help."""


class ReferenceRpc:
    """A node that is only asked for its height and the hashes of its blocks."""

    def __init__(self, url: str, chain_id: int) -> None:
        self._url, self._chain_id = url, chain_id
        self.host = urlsplit(url).hostname or "?"

    def height(self) -> int:
        """Return the number of its last block. Raises Unreachable, and OtherChain at once."""
        with self._asking():
            actual, height = (int(self._ask(name)["result"], 16) for name in ("eth_chainId", "eth_blockNumber"))
        if actual != self._chain_id:
            msg = REFERENCE_OF_OTHER_CHAIN(
                f"the reference RPC at {self.host} is of the chain {actual}, and the parent chain is {self._chain_id}; "
                "correct parentChain.referenceRpc"
            )
            raise OtherChain(msg)
        return height

    def block_hash(self, number: int) -> str | None:
        """Return the hash of a block; None where the reference does not have it, or does not give blocks.

        It may be several servers behind one address, of which one is behind the others. Raises Unreachable.
        """
        with self._asking():
            block = self._ask("eth_getBlockByNumber", hex(number), False).get("result")  # noqa: FBT003 - its own argument
            return str(block["hash"]).lower() if block else None

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Turn whatever goes wrong into Unreachable."""
        try:
            yield
        except (HTTPException, OSError, ValueError, LookupError, TypeError) as error:
            words = (
                f"the reference RPC at {self.host} (parentChain.referenceRpc) does not answer: {type(error).__name__}"
            )
            raise Unreachable(REFERENCE_SILENT(words)) from None  # the cause may have the whole address in it

    def _ask(self, method: str, *params: object) -> dict[str, Any]:
        asked = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "servicechain-ha"}
        # The settings take http and https alone.
        request = Request(self._url, asked, headers)  # noqa: S310
        with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            return dict(json.loads(answer.read(_LARGEST)))
