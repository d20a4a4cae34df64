"""A transaction signed by a signature from elsewhere. Pure.

As the program sends them: with a gas price, and bound to its chain (EIP-155).
"""

from collections.abc import Mapping
from typing import Any

import rlp
from eth_account.datastructures import SignedTransaction
from eth_keys.constants import SECPK1_N
from eth_keys.datatypes import Signature
from eth_keys.exceptions import BadSignature
from eth_utils.crypto import keccak
from hexbytes import HexBytes

_V_OFFSET = 35
"""EIP-155: v is the chain's id twice, and this, and the parity."""


def digest(transaction: Mapping[str, Any]) -> bytes:
    """Return the 32 bytes that have to be signed."""
    return keccak(rlp.encode([*_fields(transaction), int(transaction["chainId"]), 0, 0]))


def low(s: int) -> int:
    """Return the lower of the two values that are equally right; chains take no other (EIP-2)."""
    return min(s, SECPK1_N - s)


def parity_of(message: bytes, r: int, s: int, address: str) -> int | None:
    """Return which of the two possible keys is that of the address; None when neither is."""
    for parity in (0, 1):
        try:
            public = Signature(vrs=(parity, r, s)).recover_public_key_from_msg_hash(message)
        except BadSignature:
            continue
        if public.to_checksum_address() == address:
            return parity
    return None


def signed(transaction: Mapping[str, Any], parity: int, r: int, s: int) -> SignedTransaction:
    """Return the transaction with its signature."""
    v = int(transaction["chainId"]) * 2 + _V_OFFSET + parity
    raw = rlp.encode([*_fields(transaction), v, r, s])
    return SignedTransaction(raw_transaction=HexBytes(raw), hash=HexBytes(keccak(raw)), r=r, s=s, v=v)


def _fields(transaction: Mapping[str, Any]) -> list[int | bytes]:
    return [
        int(transaction["nonce"]),
        int(transaction["gasPrice"]),
        int(transaction["gas"]),
        bytes(HexBytes(transaction.get("to") or b"")),
        int(transaction["value"]),
        bytes(HexBytes(transaction["data"])),
    ]
