"""The bridge contract of a chain, its tokens and accounts, as one node sees them: the questions and their answers."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from eth_utils.abi import function_signature_to_4byte_selector

from components.domain.limits import CONFIGURATION, VALUE_TRANSFER
from components.watch.reading.questions import Absent, Answer, Batch, number, there
from components.watch.readings import AccountReading, ContractReading, Read, TokenReading
from components.watch.targets import ContractTarget

T = TypeVar("T")

_WORD = 64
"""Hex digits of a word of the ABI."""


class ContractQuestions:
    """What is asked about a contract. It is done without web3, which takes a second to load."""

    def __init__(self, batch: Batch, target: ContractTarget) -> None:
        self._batch, self._at = batch, target.address
        view = self._view
        self._owner = view(_address, "owner()")
        self._operators = view(_addresses, "getOperatorList()")
        self._threshold = view(_number, "operatorThresholds(uint8)", VALUE_TRANSFER)
        self._configuration = view(_number, "operatorThresholds(uint8)", CONFIGURATION)
        self._requested = view(_number, "requestNonce()")
        self._lower = view(_number, "lowerHandleNonce()")
        self._upper = view(_number, "upperHandleNonce()")
        self._running = view(_flag, "isRunning()")
        self._locked = view(_flag, "isLockedKLAY()")
        self._mints = view(_flag, "modeMintBurn()")
        self._receiver = view(_address, "feeReceiver()")
        self._fee = view(_number, "feeOfKLAY()")
        self._balance = batch.ask(number, "eth_getBalance", target.address, "latest")
        self._tokens = {token.address: _TokenQuestions(view, target.address, token.address) for token in target.tokens}

    def _view(self, parse: Callable[[str], T], signature: str, *words: int, at: str = "") -> Answer[T]:
        data = function_signature_to_4byte_selector(signature).hex() + "".join(f"{word:064x}" for word in words)
        call = {"to": at or self._at, "data": f"0x{data}"}
        return self._batch.ask(lambda result: parse(str(result)[2:]), "eth_call", call, "latest")

    @property
    def answer(self) -> Read[ContractReading]:
        """Return the contract; Missing where one of its values is."""
        try:
            return ContractReading(
                owner=there(self._owner),
                operators=there(self._operators),
                threshold=there(self._threshold),
                configuration=there(self._configuration),
                requested=there(self._requested),
                lower=there(self._lower),
                upper=there(self._upper),
                running=there(self._running),
                coins_locked=there(self._locked),
                mints=there(self._mints),
                fee_receiver=_some(there(self._receiver)),
                coin_fee=there(self._fee),
                balance=there(self._balance),
                tokens={address: token.answer for address, token in self._tokens.items()},
            )
        except Absent as error:
            return error.missing


class _TokenQuestions:
    def __init__(self, view: Callable[..., Answer[Any]], bridge: str, token: str) -> None:
        address = int(token, 16)
        self._counterpart: Answer[str] = view(_address, "registeredTokens(address)", address)
        self._locked: Answer[bool] = view(_flag, "lockedTokens(address)", address)
        self._fee: Answer[int] = view(_number, "feeOfERC20(address)", address)
        self._held: Answer[int] = view(_number, "balanceOf(address)", int(bridge, 16), at=token)

    @property
    def answer(self) -> Read[TokenReading]:
        try:
            counterpart, locked, fee = there(self._counterpart), there(self._locked), there(self._fee)
        except Absent as error:
            return error.missing
        return TokenReading(_some(counterpart), locked, fee, self._held.value)


class AccountQuestions:
    """What is asked about accounts on the chain of a node."""

    def __init__(self, batch: Batch, addresses: Iterable[str]) -> None:
        self._asked = {
            address: (
                batch.ask(number, "eth_getBalance", address, "latest"),
                batch.ask(number, "eth_getTransactionCount", address, "latest"),
            )
            for address in addresses
        }

    @property
    def answers(self) -> dict[str, Read[AccountReading]]:
        """Return each account by its address."""
        return {address: self._one(*asked) for address, asked in self._asked.items()}

    @staticmethod
    def _one(balance: Answer[int], mined: Answer[int]) -> Read[AccountReading]:
        try:
            return AccountReading(there(balance), there(mined))
        except Absent as error:
            return error.missing


def _number(digits: str) -> int:
    # Where there is no contract there are no digits, and this is an error, as it is for the other kinds.
    return int(digits[:_WORD], 16)


def _flag(digits: str) -> bool:
    return bool(_number(digits))


def _address(digits: str) -> str:
    return f"0x{int(digits[:_WORD], 16):040x}"


def _addresses(digits: str) -> tuple[str, ...]:
    words: Sequence[str] = [digits[first : first + _WORD] for first in range(0, len(digits), _WORD)]
    count = int(words[1], 16)  # the first word says where the list begins
    return tuple(_address(word) for word in words[2 : 2 + count])


def _some(address: str) -> str:
    """Return the address, or "" for that of nobody."""
    return address if int(address, 16) else ""
