"""A chain in memory behind the real web3, with bridge contracts on it."""

# ruff: noqa: D102, N802 - methods named by the node's API

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import pytest
import rlp
from eth_abi.abi import encode
from eth_account import Account
from eth_utils.address import to_checksum_address
from web3 import Web3
from web3.providers import JSONBaseProvider
from web3.types import RPCEndpoint, RPCError, RPCResponse
from web3.utils import get_create_address

from components.chain.rpc.console import Console
from components.dynamic import chain_resource
from tests.unit.fake_contract import Asked, Contract, Revert
from tests.unit.fake_token import CREATION, FakeToken


class NodeRefuses(Exception):
    """A transaction that the node does not take."""


def refuse(words: str) -> NoReturn:
    """Refuse a transaction."""
    raise NodeRefuses(words)


@dataclass(frozen=True)
class Sent:
    """A transaction that reached the node."""

    sender: str
    nonce: int
    gas_price: int
    gas: int
    to: str | None
    value: int
    data: bytes
    v: int


def sent_of(raw: str) -> Sent:
    """Return what is in a signed transaction."""
    nonce, price, gas, to, value, data, v, _, _ = rlp.decode(bytes.fromhex(raw[2:]))
    number = int.from_bytes
    target = to_checksum_address(to) if to else None
    sender = str(Account.recover_transaction(cast("Any", raw)))
    return Sent(sender, number(nonce), number(price), number(gas), target, number(value), data, number(v))


class FakeChain(JSONBaseProvider):
    """Mines each transaction when it comes, unless `mines` is false."""

    def __init__(self, chain_id: int = 3000) -> None:
        super().__init__()
        self.chain_id = chain_id
        self.contracts: dict[str, Contract] = {}
        self.tokens: dict[str, FakeToken] = {}
        self.balances: dict[str, int] = {}
        self.sent: list[Sent] = []
        self.calls: list[str] = []
        self.mines = True
        self.head = 0
        """The newest block is at least this one."""
        self.searched: list[tuple[int, int]] = []
        """In which blocks events were looked for."""
        self.overrides: list[Any] = []
        self.pending_lag = 0
        """How many of the sent transactions the node does not count as pending yet."""
        self.refuses: str | None = None
        """What the node answers to every transaction after as many as it takes."""
        self.takes = 0
        self.slow_receipts = 0
        self.head_time = 2**33
        """When the last block was made (Unix time): one of just now, for all who ask."""
        self.requests: list[dict[str, Any]] = []
        """Events of requests of transfers."""
        self._receipts: dict[str, dict[str, Any]] = {}
        self._nonces: dict[str, int] = {}
        self._lock = threading.Lock()

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        with self._lock:
            self.calls.append(method)
            try:
                return {"jsonrpc": "2.0", "id": 1, "result": getattr(self, method)(*params)}
            except Revert as error:
                return {"jsonrpc": "2.0", "id": 1, "error": _revert_error(str(error))}
            except NodeRefuses as error:
                return {"jsonrpc": "2.0", "id": 1, "error": {"code": -32000, "message": str(error)}}

    def result(self, method: str, *params: Any) -> Any:
        """Return what a console's own call returns."""
        return self.make_request(RPCEndpoint(method), params)["result"]

    def eth_chainId(self) -> str:
        return hex(self.chain_id)

    def eth_gasPrice(self) -> str:
        return hex(25 * 10**9)

    def eth_upperBoundGasPrice(self) -> str:
        return hex(750 * 10**9)

    def eth_blockNumber(self) -> str:
        return hex(max(len(self.sent), self.head))

    def eth_getBlockByNumber(self, block: str, whole: bool) -> dict[str, Any]:  # noqa: FBT001 - the node's own
        """Each transaction is in a block of its own."""
        behind = max(0, self.head - int(block, 16)) if block.startswith("0x") else 0
        found: dict[str, Any] = {"timestamp": hex(self.head_time - behind), "number": self.eth_blockNumber()}
        if whole:
            one = self.sent[int(block, 16) - 1]
            found["transactions"] = [{"from": one.sender, "to": one.to, "input": "0x" + one.data.hex()}]
        return found

    def admin_peers(self) -> list[dict[str, Any]]:
        return []

    def eth_getBalance(self, address: str, _block: str) -> str:
        return hex(self.balances.get(address, 0))

    def eth_getCode(self, address: str, _block: str) -> str:
        return "0x60" if address in {**self.contracts, **self.tokens} else "0x"

    def eth_getTransactionCount(self, address: str, block: str) -> str:
        count = sum(tx.sender == address for tx in self.sent)
        return hex(max(0, count - self.pending_lag) if block == "pending" else self._mined(address))

    def eth_call(self, tx: dict[str, Any], _block: str, override: Any = None) -> str:
        if override is not None:
            self.overrides.append(override)
            (place,) = next(iter(override.values()))["stateDiff"].items()
            if "from" not in tx:
                return str(place[1]) if place[0] == THRESHOLD_PLACE else "0x01"
        token = self.tokens.get(tx["to"])
        if token is None and "from" in tx:
            self.eth_estimateGas(tx)
            return "0x"
        return "0x" + (token or self.contracts[tx["to"]]).view(bytes.fromhex(tx["data"][2:]), tx.get("from", "")).hex()

    def eth_getLogs(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        first, last = int(query["fromBlock"], 16), int(query["toBlock"], 16)
        self.searched.append((first, last))
        if "address" not in query:
            return [one for one in self.requests if one["blockNumber"] == query["fromBlock"]]
        (address,) = [query["address"]] if isinstance(query["address"], str) else query["address"]
        return [log(address, one) for one in self.contracts[address].asked if first <= one.block <= last]

    def eth_estimateGas(self, tx: dict[str, Any], *_block: str) -> str:
        if tx.get("to") in self.contracts:
            contract = deepcopy(self.contracts[tx["to"]])
            contract.gas_price = int(tx.get("gasPrice", "0x0"), 16)
            contract.call(tx["from"], bytes.fromhex(tx["data"][2:]))
        return hex(100_000)

    def eth_sendRawTransaction(self, raw: str) -> str:
        if self.refuses is not None and len(self.sent) >= self.takes:
            refuse(self.refuses)
        tx, hash_ = sent_of(raw), Web3.keccak(hexstr=cast("Any", raw)).to_0x_hex()
        if tx.nonce < self._mined(tx.sender):
            refuse("nonce too low")
        if self.mines:
            self.seal(hash_, tx)
        else:
            self.sent.append(tx)
        return hash_

    def seal(self, hash_: str, tx: Sent) -> None:
        """Mine a transaction."""
        self.sent.append(tx)
        self._nonces[tx.sender] = max(self._mined(tx.sender), tx.nonce + 1)
        block = self.eth_blockNumber()
        self._note_request(hash_, tx, block)
        self._receipts[hash_] = {"transactionHash": hash_, "blockNumber": block, "gasUsed": "0x5208", **self._mine(tx)}

    def _note_request(self, hash_: str, tx: Sent, block: str) -> None:
        if tx.to in self.contracts and tx.data.hex().startswith("75ebdc09"):
            values = encode(["uint8", "uint256", "uint64", "uint256"], [0, 1, self.contracts[tx.to].request_nonce, 0])
            self.requests.append(
                {
                    "address": tx.to,
                    "topics": [],
                    "data": f"0x{values.hex()}",
                    "blockNumber": block,
                    "transactionHash": hash_,
                }
            )

    def requested(self, bridge: str) -> list[tuple[int, str]]:
        """Return block and hash of each request on a contract, in their order."""
        return [
            (int(one["blockNumber"], 16), one["transactionHash"]) for one in self.requests if one["address"] == bridge
        ]

    def eth_getTransactionByHash(self, hash_: str) -> dict[str, Any] | None:
        return {"hash": hash_} if hash_ in self._receipts else None

    def eth_getTransactionReceipt(self, hash_: str) -> dict[str, Any] | None:
        self.slow_receipts -= 1
        return self._receipts.get(hash_) if self.slow_receipts < 0 else None

    def _mined(self, sender: str) -> int:
        return self._nonces.get(sender, 0)

    def _mine(self, tx: Sent) -> dict[str, Any]:
        created = None
        try:
            if tx.to is None:
                created = get_create_address(cast("Any", tx.sender), cast("Any", tx.nonce))
                if tx.data.hex().startswith(CREATION):
                    self.tokens[created] = FakeToken.created(tx.data)
                else:
                    self.contracts[created] = Contract(tx.sender, tx.data.endswith(b"\1"), [tx.sender])
            elif tx.to in self.contracts:
                self.contracts[tx.to].call(tx.sender, tx.data)
        except Revert:
            return {"status": "0x0", "contractAddress": None}
        for account, amount in ((tx.to, tx.value), (tx.sender, -tx.value)):
            self.balances[str(account)] = self.balances.get(str(account), 0) + amount
        return {"status": "0x1", "contractAddress": created}


def _revert_error(reason: str) -> RPCError:
    """Return the error that a node gives when a simulation reverts: Error(string), or nothing."""
    if not reason:
        return {"code": 3, "message": "execution reverted", "data": "0x"}
    data = "0x08c379a0" + encode(["string"], [reason]).hex()
    return {"code": 3, "message": f"execution reverted: {reason}", "data": data}


THRESHOLD_PLACE = Web3.solidity_keccak(["uint256", "uint256"], [0, 13]).to_0x_hex()
"""Where a bridge contract keeps the threshold of value transfers."""


def log(address: str, asked: Asked) -> dict[str, Any]:
    """Return the event of a request, by somebody for somebody."""
    words = ["uint8", "uint256", "uint64", "uint256", "bytes"]
    topic = "RequestValueTransfer(uint8,address,address,address,uint256,uint64,uint256,bytes)"
    somebody = "0x" + "22" * 20
    return {
        "address": address,
        "topics": [
            Web3.keccak(text=topic).to_0x_hex(),
            *("0x" + "00" * 12 + one[2:] for one in (somebody, somebody, asked.token)),
        ],
        "data": "0x" + encode(words, [asked.kind, 7, asked.nonce, 0, b""]).hex(),
        "blockNumber": hex(asked.block),
        "transactionHash": f"0x{asked.nonce:064x}",
        "transactionIndex": "0x0",
        "blockHash": "0x" + "11" * 32,
        "logIndex": "0x0",
        "removed": False,
    }


def console(chain: FakeChain, node: str = "en-1") -> Console:
    """Return a console on the chain, without SSH."""
    it = SimpleNamespace(
        node=node,
        behind=None,
        web3=Web3(chain, middleware=[]),
        call=chain.result,
        call_each=lambda method, params: [chain.result(method, *some) for some in params],
    )
    return cast("Console", it)


def read_from(monkeypatch: pytest.MonkeyPatch, chain: FakeChain) -> None:
    """Have refreshes read that chain."""

    @contextmanager
    def reading(_nodes: object, _chain_id: int) -> Iterator[Console]:
        yield console(chain)

    monkeypatch.setattr(chain_resource, "reading", reading)
