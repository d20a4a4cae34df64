"""How many validators a chain needs: Istanbul BFT, as the nodes count. Pure."""

BFT_SIZE = 4
"""Validators from which on not all of them have to agree."""


def quorum(size: int) -> int:
    """Return how many of so many validators have to agree on a block (RequiredMessageCount in Istanbul's core)."""
    return size if size < BFT_SIZE else -(-2 * size // 3)
