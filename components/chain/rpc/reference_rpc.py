"""A reference RPC: a node of the parent chain that somebody else runs, asked over HTTP for the height of the chain.

Its URL may contain an API key, so messages show only the host.
"""

import json
from http.client import HTTPException
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from components.chain.errors import ChainError, Unreachable
from components.domain.problems.chains import REFERENCE_OF_OTHER_CHAIN, REFERENCE_SILENT

TIMEOUT = 10.0
"""Seconds for one call."""
_LARGEST = 10_000
"""Bytes of an answer that are read."""


class OtherChain(ChainError):
    """The reference is a node of another chain. Waiting would not help."""


class ReferenceRpc:
    """A node that is only asked for its height."""

    def __init__(self, url: str, chain_id: int) -> None:
        self._url, self._chain_id = url, chain_id
        self.host = urlsplit(url).hostname or "?"

    def height(self) -> int:
        """Return the number of its last block. Raises Unreachable, and OtherChain at once."""
        try:
            actual, height = self._number("eth_chainId"), self._number("eth_blockNumber")
        except (HTTPException, OSError, ValueError, LookupError, TypeError) as error:
            words = (
                f"the reference RPC at {self.host} (parentChain.referenceRpc) does not answer: {type(error).__name__}"
            )
            raise Unreachable(REFERENCE_SILENT(words)) from None  # the cause may have the whole address in it
        if actual != self._chain_id:
            msg = REFERENCE_OF_OTHER_CHAIN(
                f"the reference RPC at {self.host} is of the chain {actual}, and the parent chain is {self._chain_id}; "
                "correct parentChain.referenceRpc"
            )
            raise OtherChain(msg)
        return height

    def _number(self, method: str) -> int:
        asked = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": []}).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "servicechain-ha"}
        # The settings take http and https alone.
        request = Request(self._url, asked, headers)  # noqa: S310
        with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            return int(json.loads(answer.read(_LARGEST))["result"], 16)
