"""Keys and ids that are derived from the stack's seed, so that they are known before anything exists."""

import hashlib
import hmac

WITHOUT_SEED = "SEEDLESS_PREVIEW"
"""Environment variable of a preview without the seed: the file with what is known all the same."""


def derive(seed: str, label: str) -> str:
    """Return 32 bytes, as 64 hex digits, for one purpose.

    This is the expand step of HKDF (RFC 5869) for one block of SHA-256; the seed is 32 uniformly random bytes, so
    nothing has to be extracted. The result is not a valid secp256k1 key with a probability of 2^-128.
    """
    return hmac.digest(bytes.fromhex(seed), label.encode() + b"\x01", "sha256").hex()


def network_id(seed: str) -> str:
    """Return 8 hex digits that identify the machines of this stack. Not a secret."""
    return hashlib.sha256(bytes.fromhex(derive(seed, "network"))).hexdigest()[:8]
