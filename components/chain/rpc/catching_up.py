"""Has a node caught up with its chain? A machine that was made anew begins with an empty one and takes time."""

from components.chain.errors import NotReady
from components.chain.rpc.console import Console, wait_for
from components.chain.rpc.head import behind

STALL = 120.0
"""Seconds without a further block after which a node is taken to be stuck; an EN may need 10 to begin."""


def wait_until_caught_up(console: Console) -> None:
    """Wait until the node has what its peers have, for as long as it gets on.

    Raises NotReady, which tells how far it came, when it is stuck or its chain is.
    """
    while True:
        before = console.web3.eth.block_number
        try:
            wait_for(lambda: has_caught_up(console), STALL)
        except NotReady:
            if console.web3.eth.block_number == before:
                raise
        else:
            return


def is_caught_up(console: Console) -> bool:
    """Tell whether the node has what its peers have, at this moment."""
    return behind(console) is None


def has_caught_up(console: Console) -> bool | str:
    """Tell whether a node has what its peers have and its chain goes on, or in a sentence what is missing."""
    return behind(console) or True
