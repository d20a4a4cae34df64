"""A token in memory, as a bridge sees it. Selectors are those of the node's Go binding and of our own tokens."""

# ruff: noqa: D102

from dataclasses import dataclass

from eth_abi.abi import decode, encode
from eth_utils.address import to_checksum_address

from tests.unit.fake_contract import Revert, require

CREATION = "7001"
"""Stands for the creation code of a development token; its constructor takes what ours do."""


@dataclass
class FakeToken:
    """A token. With `tells` it says who may mint it, as isMinter."""

    minter: str = ""
    kind: str = "erc20"
    name: str = ""
    bridge: str = "0x" + "00" * 20
    balance: int = 0
    tells: bool = True
    mints: bool = True
    """What a successful mint returns."""

    @classmethod
    def created(cls, data: bytes, kind: str = "erc20") -> "FakeToken":
        name, bridge, supply = decode(["string", "address", "uint256"], data[len(CREATION) // 2 :])
        return cls(to_checksum_address(bridge), kind, name, to_checksum_address(bridge), supply)

    def view(self, data: bytes, sender: str = "") -> bytes:
        match data[:4].hex():
            case "aa271e1a" if self.tells:
                (account,) = decode(["address"], data[4:])
                return encode(["bool"], [to_checksum_address(account) == self.minter])
            case "40c10f19" if self.kind == "erc20":
                require(sender == self.minter, "only the bridge mints")
                return encode(["bool"], [self.mints])
            case "50bb4e7f" if self.kind == "erc721":
                require(sender == self.minter, "only the bridge mints")
                return encode(["bool"], [self.mints])
            case "70a08231":
                return encode(["uint256"], [self.balance])
            case "04baa00b":
                return encode(["string"], [self.kind])
            case "06fdde03":
                return encode(["string"], [self.name])
            case "e78cea92":
                return encode(["address"], [self.bridge])
        raise Revert
