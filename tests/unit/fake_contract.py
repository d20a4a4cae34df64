"""A bridge contract in memory, which reverts as the real one does.

It follows BridgeOperator.sol of the node's module; selectors are those of its Go binding (BridgeFuncSigs).
"""

# ruff: noqa: D102

from collections.abc import Callable
from dataclasses import dataclass, field

from eth_abi.abi import decode, encode
from eth_utils.address import to_checksum_address


class Revert(Exception):
    """A call that the contract refuses."""


def require(condition: object, reason: str) -> None:
    if not condition:
        raise Revert(reason)


@dataclass(frozen=True)
class Asked:
    """A request of a transfer; coins have the token of nobody."""

    nonce: int
    block: int
    token: str = "0x" + "00" * 20
    kind: int = 0


@dataclass
class Contract:
    """A bridge contract."""

    owner: str
    mode_mint_burn: bool = False
    operators: list[str] = field(default_factory=list)
    thresholds: dict[int, int] = field(default_factory=lambda: {0: 1, 1: 1})
    request_nonce: int = 0
    lower_handle_nonce: int = 0
    paid: dict[int, int] = field(default_factory=dict)
    """Blocks of the requests that are handled above the lowest nonce that is not."""
    refuses: set[int] = field(default_factory=set)
    """Nonces of requests whose payment reverts."""
    takes: Callable[[str, int], bool] = lambda _sender, _price: True
    """Whether recipients take a payment that is made by a vote of this operator, at this price of gas."""
    gas_price: int = 0
    asked: list[Asked] = field(default_factory=list)
    """Requests that were made here."""
    tokens: dict[str, str] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)
    recovery_block: int = 1
    handled: set[bytes] = field(default_factory=set)
    """Hashes of the requests that it has paid out."""
    running: bool = True
    locked_coin: bool = False
    fee: int = 0
    token_fees: dict[str, int] = field(default_factory=dict)
    fee_receiver: str = "0x" + "00" * 20

    def handle(self, requests: list[tuple[int, str]]) -> None:
        """Pay out requests of the other chain, each with its block and hash, without a gap."""
        for block, hash_ in requests:
            self.handled.add(bytes.fromhex(hash_[2:]))
            self.lower_handle_nonce, self.recovery_block = self.lower_handle_nonce + 1, block

    def view(self, data: bytes, sender: str = "") -> bytes:  # noqa: ARG002
        match data[:4].hex():
            case "8da5cb5b":
                return encode(["address"], [self.owner])
            case "6e176ec2":
                return encode(["bool"], [self.mode_mint_burn])
            case "b2c01030":
                return encode(["address[]"], [self.operators])
            case "5526f76b":
                return encode(["uint8"], [self.thresholds[decode(["uint8"], data[4:])[0]]])
            case "7c1a0302":
                return encode(["uint64"], [self.request_nonce])
            case "4b40b826":
                return encode(["uint64"], [self.lower_handle_nonce])
            case "989ba0d3":
                return encode(["uint64"], [self.recovery_block])
            case "8a75eee2":
                return encode(["bool"], [data[4:36] in self.handled])
            case "2014e5d1":
                return encode(["bool"], [self.running])
            case "f1719966":
                return encode(["bool"], [self.locked_coin])
            case "b3f00674":
                return encode(["address"], [self.fee_receiver])
            case "c263b5d6":
                return encode(["uint256"], [self.fee])
            case "13a6738a":
                return encode(["uint64"], [self.paid.get(decode(["uint64"], data[4:])[0], 0)])
            case "8c0bd916":
                return encode(["address"], [self.tokens.get(_address(data), "0x" + "00" * 20)])
            case "488af871":
                return encode(["uint256"], [self.token_fees.get(_address(data), 0)])
            case "ea21eade":
                return encode(["address[]"], [list(self.tokens)])
            case "5eb7413a":
                return encode(["bool"], [_address(data) in self.locked])
        raise Revert

    def call(self, sender: str, data: bytes) -> None:
        match data[:4].hex():
            case "3682a450":
                self.register(sender, *map(to_checksum_address, decode(["address"], data[4:])))
            case "d8cf98ca":
                self.deregister(sender, *map(to_checksum_address, decode(["address"], data[4:])))
            case "ee2aec65":
                self.set_threshold(sender, *decode(["uint8", "uint8"], data[4:]))
            case "4739f7e5" | "10693fcd" | "bab2af1d":
                require(sender == self.owner, "Ownable: caller is not the owner")
                self.change_token(data)
            case "75ebdc09":
                self.request_nonce += 1
            case "dd9222d6":
                pass
            case "a066a7ed" | "407e6bae":
                require(sender in self.operators, "msg.sender is not an operator")
                place = 4 if data[:4].hex() == "a066a7ed" else 5
                nonce = int.from_bytes(data[4 + 32 * place : 36 + 32 * place])
                takes = nonce not in self.refuses and self.takes(sender, self.gas_price)
                require(takes, "handleKLAYTransfer: transfer failed")
            case _:
                raise Revert

    def change_token(self, data: bytes) -> None:
        token = _address(data)
        if data[:4].hex() == "4739f7e5":
            require(token not in self.tokens, "allowed token")
            self.tokens[token] = _address(data[32:])
            return
        require(token in self.tokens, "not allowed token")
        if data[:4].hex() == "10693fcd":
            require(token not in self.locked, "locked token")
            self.locked.add(token)
        else:
            self.locked.discard(token)
            del self.tokens[token]

    def register(self, sender: str, operator: str) -> None:
        require(sender == self.owner, "Ownable: caller is not the owner")
        require(len(self.operators) < 12, "max operator limit")
        require(operator not in self.operators, "exist operator")
        self.operators.append(operator)

    def deregister(self, sender: str, operator: str) -> None:
        require(sender == self.owner, "Ownable: caller is not the owner")
        require(operator in self.operators, "")
        self.operators.remove(operator)

    def set_threshold(self, sender: str, vote_type: int, threshold: int) -> None:
        require(sender == self.owner, "Ownable: caller is not the owner")
        require(threshold > 0, "zero threshold")
        require(len(self.operators) >= threshold, "bigger than num of operators")
        self.thresholds[vote_type] = threshold


def _address(data: bytes) -> str:
    """Return the first argument of a call."""
    return to_checksum_address(data[16:36])
