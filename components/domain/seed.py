"""Who a node is, known before it exists: keys from the stack's seed, and the KNI that follows from a key."""

import hashlib
import hmac


def derive(seed: str, label: str) -> str:
    """Return 32 bytes, as 64 hex digits, for one purpose.

    This is the expand step of HKDF (RFC 5869) for one block of SHA-256; the seed is 32 uniformly random bytes, so
    nothing has to be extracted. A result that is no valid secp256k1 key has the chance 2^-128.
    """
    return hmac.digest(bytes.fromhex(seed), label.encode() + b"\x01", "sha256").hex()


def network_id(seed: str) -> str:
    """Return 8 hex digits that tell the machines of this stack from those of others. Not a secret."""
    return hashlib.sha256(bytes.fromhex(derive(seed, "network"))).hexdigest()[:8]
