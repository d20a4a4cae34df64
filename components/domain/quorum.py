"""How many validators a chain needs: Istanbul BFT, as the nodes count. Pure."""

FAULT_TOLERANT = 4
"""The fewest validators that survive the loss of one. With fewer, all of them have to agree."""


def quorum(size: int) -> int:
    """Return how many of so many validators have to agree on a block (RequiredMessageCount in Istanbul's core)."""
    return size if size < FAULT_TOLERANT else -(-2 * size // 3)


def spare(size: int) -> int:
    """Return how many of so many validators may be lost before the chain stops."""
    return size - quorum(size)
