"""Places by name: where something goes follows from what it is called, so that what comes later moves nothing. Pure."""

from collections.abc import Container
from hashlib import sha256


def place(name: str, places: int, taken: Container[int]) -> int | None:
    """Return the place of a name, from 0 on: the hash of the name, or the next free one; None when all are taken."""
    start = int.from_bytes(sha256(name.encode()).digest()[:8], "big") % places
    return next((one for step in range(places) if (one := (start + step) % places) not in taken), None)
