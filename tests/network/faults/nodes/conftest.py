"""What the tests of this folder share."""

from tests.network.conftest import chain

__all__ = ["chain"]
