"""A request of a direction that is not handled: its age, and whether it can be paid. Needs web3."""

import time
from collections.abc import Mapping
from contextlib import ExitStack, closing

from eth_utils.address import to_checksum_address
from web3.exceptions import Web3Exception

from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.transfers.direction import Direction
from components.chain.transfers.payout import why_unpayable
from components.chain.transfers.requests import find, open_nonces
from components.domain.limits import STALLED
from components.domain.networks import OTHER_SIDE, Side, direction_from
from components.domain.problems.problem import Message
from components.domain.problems.transfers import REQUEST_NOT_FOUND
from components.watch.readings import Missing, OpenRequest, Read
from components.watch.targets import Targets

SEARCH_SECONDS = 1.5
"""For the search of an event; those of the last hours are found in a fraction of a second."""


def direction(stack: ExitStack, targets: Targets, source: Side, views: Mapping[Side, Endpoint]) -> Direction:
    """Connect to a node of each chain (`views`) and return one way over the bridge. Raises ChainError."""
    target = OTHER_SIDE[source]
    here, there = (stack.enter_context(closing(Console(views[side]))) for side in (source, target))
    addresses = {side: to_checksum_address(one.address) for side, one in targets.contracts.items()}
    return Direction(direction_from(source), here, addresses[source], there, addresses[target])


def opened(targets: Targets, source: Side, views: Mapping[Side, Endpoint], nonce: int) -> Read[OpenRequest]:
    """Read the request with this nonce, which is not handled. Raises ChainError."""
    with ExitStack() as stack:
        way = direction(stack, targets, source, views)
        try:
            found = find(way, [nonce], patience=SEARCH_SECONDS)
            if nonce not in found:
                words = f"{way.source.node}: request {nonce} is open, and its event is too far back to be looked at"
                return Missing(REQUEST_NOT_FOUND(words))
            request = found[nonce]
            made = float(way.source.web3.eth.get_block(request.block)["timestamp"])
            age, why = time.time() - made, why_unpayable(way, request)
            if why and not open_nonces(way, since=nonce, below=nonce + 1):
                why = None  # it was paid since, and the contract refuses a second payment
        except Web3Exception as error:
            raise ChainError(REQUEST_NOT_FOUND(f"{way.source.node}: request {nonce}: {error}")) from error
    unpayable = Message(f"{request} cannot be paid: {why}") if why else None
    return OpenRequest(nonce, request.transaction, age, age > STALLED, unpayable)
