"""Tokens of a running network as its tests use them: transfers of them, and what is held where."""

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from eth_typing import HexStr
from eth_utils.address import to_checksum_address

from components.chain.accounts.signer import Signer
from components.chain.contracts.contract import read_token
from components.chain.contracts.token_plan import TokenState
from components.chain.rpc.waiting import wait_for
from components.chain.tx.batch import Transaction, execute
from components.settings.sections.tokens import artifact_of
from tests.network.network import ARRIVAL_SECONDS, OTHER, Network
from tests.stack import ROOT


@dataclass(frozen=True)
class Token:
    """A development token, by its address on each chain."""

    network: Network
    kind: str
    addresses: dict[str, str]

    @classmethod
    def named(cls, network: Network, name: str) -> "Token":
        """Return the token of that name in the stack's outputs."""
        output = network.stack.outputs["tokens"][name]
        return cls(network, output["kind"], {chain: output[chain] for chain in OTHER})

    def registered(self, chain: str) -> TokenState:
        """Return what the bridge contract of a chain says of it."""
        state = read_token(self.network.on(chain), self.network.bridges[chain], self.addresses[chain])
        assert state
        return state

    def view(self, chain: str, function: str, *arguments: object) -> Any:
        """Ask the contract on a chain."""
        return self._contract(chain).functions[function](*arguments).call()

    def call(self, chain: str, signer: Signer, *calls: tuple[Any, ...]) -> None:
        """Have an account call functions of the contract on a chain, all at once; each call is a name and arguments."""
        contract = self._contract(chain)
        execute(
            self.network.on(chain),
            signer,
            [
                Transaction(f"{name}", contract.address, HexStr(contract.encode_abi(name, args=list(arguments))))
                for name, *arguments in calls
            ],
        )

    def send(self, source: str, signer: Signer, amounts: dict[str, int]) -> "TokenTransfers":
        """Send amounts (erc20) or ids (erc721) over the bridge, each to an account on the other chain, all at once."""
        rest = (0, b"") if self.kind == "erc20" else (b"",)
        calls = [("requestValueTransfer", amount, to, *rest) for to, amount in amounts.items()]
        self.call(source, signer, *calls)
        return TokenTransfers(self, OTHER[source], amounts)

    def _contract(self, chain: str) -> Any:
        abi = json.loads((ROOT / artifact_of(self.kind)).read_text())["abi"]
        return self.network.on(chain).web3.eth.contract(address=to_checksum_address(self.addresses[chain]), abi=abi)


@dataclass(frozen=True)
class TokenTransfers:
    """Transfers to accounts which held nothing before."""

    token: Token
    target: str
    amounts: dict[str, int]

    def arrived(self) -> int:
        """Return how many recipients hold exactly what was sent to them."""
        if self.token.kind == "erc20":
            held = {to: self.token.view(self.target, "balanceOf", to) for to in self.amounts}
            return sum(held[to] == amount for to, amount in self.amounts.items())
        return sum(self._holds(to, number) for to, number in self.amounts.items())

    def _holds(self, account: str, number: int) -> bool:
        if self.token.view(self.target, "balanceOf", account) == 0:
            return False
        return bool(self.token.view(self.target, "ownerOf", number) == account)

    def wait(self, deadline: float = ARRIVAL_SECONDS) -> None:
        """Wait until all have arrived; raises NotReady after `deadline` seconds. Prints the two numbers."""
        count, started = len(self.amounts), time.monotonic()

        def probe() -> bool | str:
            arrived = self.arrived()
            return arrived == count or f"{arrived} of {count} arrived on the {self.target} chain"

        try:
            wait_for(probe, deadline)
        finally:
            took = time.monotonic() - started
            kind, arrived = self.token.kind, self.arrived()
            print(f"{kind} to the {self.target} chain: sent {count}, arrived {arrived}, waited {took:.1f} s")


def fresh_accounts(*amounts: int) -> dict[str, int]:
    """Return an account that holds nothing for each amount or id."""
    return {to_checksum_address(secrets.token_hex(20)): amount for amount in amounts}
