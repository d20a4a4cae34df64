"""Who a node is, known before it exists: keys from the stack's seed, and the KNI that follows from a key."""

import hashlib
import hmac

MAIN_BRIDGE_PORT = 50505
EN_PORT = 32323
SCN_PORT = 22323


def derive(seed: str, label: str) -> str:
    """Return 32 bytes, as 64 hex digits, for one purpose.

    This is the expand step of HKDF (RFC 5869) for one block of SHA-256; the seed is 32 uniformly random bytes, so
    nothing has to be extracted. A result that is no valid secp256k1 key has the chance 2^-128.
    """
    return hmac.digest(bytes.fromhex(seed), label.encode() + b"\x01", "sha256").hex()


def network_id(seed: str) -> str:
    """Return 8 hex digits that tell the machines of this stack from those of others. Not a secret."""
    return hashlib.sha256(bytes.fromhex(derive(seed, "network"))).hexdigest()[:8]


def bridge_kni(public_key: str, address: str) -> str:
    """Return the KNI of an EN's main bridge: what `mainbridge_nodeInfo` prints, with the EN's address in it."""
    return f"kni://{public_key}@{address}:{MAIN_BRIDGE_PORT}?discport=0"


def consensus_kni(public_key: str, address: str, port: int) -> str:
    """Return the KNI of a validator, for static-nodes.json (homi writes the same form)."""
    return f"kni://{public_key}@{address}:{port}?discport=0&ntype=cn"
