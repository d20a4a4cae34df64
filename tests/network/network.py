"""A running network as its tests use it: consoles, nodes that stop and start, transfers, votes, anchors."""

import secrets
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address

from components.chain.accounts.signer import KeySigner
from components.chain.contracts.contract import require_state, transaction
from components.chain.contracts.plan import BridgeState, Step
from components.chain.errors import ChainError
from components.chain.peers.peers import own_id, peers
from components.chain.rpc.console import Console
from components.chain.rpc.ipc_stream import run_on_host
from components.chain.rpc.waiting import wait_for
from components.chain.transfers.direction import Direction
from components.chain.tx.batch import execute
from components.chain.voters.calls import balance, fill_account
from components.domain.roles import VALIDATOR
from components.kaia.layout import Layout
from tests.archives import package_of
from tests.stack import Stack

COIN = 10**18
WITH_TRANSACTIONS = True
"""Second argument of getBlockByNumber."""
ANCHOR = 72
"""Transaction type of an anchor on the parent chain (0x48)."""

CHAINS = ("parent", "child")
OTHER = {"parent": "child", "child": "parent"}


ARRIVAL_SECONDS = 120.0
"""How long a transfer may take when an EN has come back just now and a validator is away: 30 s and some turns."""
PEER_SECONDS = 60.0
"""How long two nodes may take to connect again: each dials the other, and leaves it alone for 30 s in between."""


@dataclass(frozen=True)
class Anchor:
    """An anchor found on the parent chain."""

    sender: str
    child_block: int


@dataclass(frozen=True)
class Transfers:
    """Transfers of different amounts to fresh accounts, all in one direction."""

    direction: Direction
    amounts: Mapping[str, int]
    """peb, by recipient."""

    def arrived(self) -> int:
        """Return how many recipients hold exactly what was sent to them; they hold nothing before."""
        return sum(balance(self.direction.target, to) == amount for to, amount in self.amounts.items())

    def wait(self, deadline: float = ARRIVAL_SECONDS) -> None:
        """Wait until all have arrived; raises NotReady after `deadline` seconds. Prints the two numbers."""

        def probe() -> bool | str:
            arrived = self.arrived()
            return arrived == len(self.amounts) or f"{arrived} of {len(self.amounts)} arrived {self.direction.name}"

        started = time.monotonic()
        try:
            wait_for(probe, deadline)
        finally:
            took = time.monotonic() - started
            print(f"{self.direction.name}: sent {len(self.amounts)}, arrived {self.arrived()}, waited {took:.1f} s")


class Network:
    """The nodes of a stack that is up. Made once; knows what a run of tests needs of the state."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.outputs = stack.outputs
        self.endpoints = stack.endpoints()
        accounts = stack.of_type("Account")
        self.owners = {name: KeySigner(private_key=accounts[f"{name}-owner"]["private_key"]) for name in CHAINS}
        self.user = KeySigner(private_key=secrets.token_hex(32))
        self.pairs: Mapping[str, Any] = self.outputs["pairs"]
        self.bridges = {name: str(self.outputs[f"{name}Chain"]["bridge"]) for name in CHAINS}
        paired = {pair["scn"]["name"] for pair in self.pairs.values()}
        unpaired = [name for name in self.outputs["serviceChainNodes"] if name not in paired]
        self.via = {"parent": VALIDATOR, "child": next(iter([*unpaired, *paired]))}
        """The node by which tests look at a chain: where there is one, none of a pair, so that any pair may stop."""
        self._consoles: dict[str, Console] = {}

    # -- nodes ---------------------------------------------------------------------------------------------

    def console(self, node: str) -> Console:
        """Return the console of a node, connected once, and anew after the node was restarted. Raises Unreachable."""
        if node in self._consoles:
            try:
                self._consoles[node].call("eth_chainId", timeout=5)
            except ChainError:
                self._consoles.pop(node).close()
        if node not in self._consoles:
            self._consoles[node] = Console(self.endpoints[node])
        return self._consoles[node]

    def on(self, chain: str) -> Console:
        """Return a console of the `parent` or `child` chain."""
        return self.console(self.via[chain])

    def run(self, node: str, command: str, timeout: float = 30) -> str:
        """Run a command on the node's host; raises Unreachable when it fails."""
        return run_on_host(self.endpoints[node], command, timeout)

    def layout(self, node: str) -> Layout:
        """Return where things are on the node's host."""
        ens = {pair["en"]["name"] for pair in self.pairs.values()}
        program = "kcn" if node == VALIDATOR else "ken" if node in ens else "kscn"
        return Layout("/srv", package_of(program))

    def processes(self) -> dict[str, str]:
        """Return the process of each node."""
        return {node: self.run(node, "pgrep -o 'k(en|scn|cn)$'").strip() for node in self.endpoints}

    def kill(self, node: str) -> None:
        """Kill the node without a warning, and return when it is dead; its host stays."""
        self._consoles.pop(node, None)
        self.run(node, f"pid=$(cat {self._pid_file(node)}); kill -9 $pid; while kill -0 $pid; do sleep 0.05; done")

    def stop(self, node: str) -> None:
        """Stop the node with its daemon script, which gives up on a busy machine before the node has ended."""
        self._consoles.pop(node, None)

        def stopped() -> bool | str:
            said = self.run(node, f"{self.layout(node).current.daemon} stop || true")
            return "OK" in said or "is not running" in said or f"{node}: {said}"

        wait_for(stopped, deadline=90)

    def start(self, node: str) -> None:
        """Start the node with its daemon script, unless it runs, and wait until it answers."""
        daemon = self.layout(node).current.daemon
        if "is running" not in self.run(node, f"{daemon} status"):
            stale = f"{self._pid_file(node)} {self.layout(node).ipc}"
            assert "Success" in self.run(node, f"rm -f {stale}; {daemon} start")
        wait_for(lambda: self.console(node).web3.eth.block_number, deadline=90)

    def wait_until_connected(self, nodes: Collection[str]) -> None:
        """Wait until each of these nodes of one chain is connected to all others. Raises NotReady with the missing."""
        ids = {node: own_id(self.console(node)) for node in nodes}
        for node in nodes:

            def connected(node: str = node) -> bool | str:
                found = peers(self.console(node), "admin")
                missing = [other for other in nodes if other != node and ids[other] not in found]
                return not missing or f"{node}: not connected to {', '.join(missing)}"

            wait_for(connected, deadline=PEER_SECONDS)

    def _pid_file(self, node: str) -> str:
        layout = self.layout(node)
        return f"{layout.data}/{layout.package.daemon}.pid"

    # -- chains --------------------------------------------------------------------------------------------

    def bridge(self, chain: str) -> BridgeState:
        """Return the state of a chain's bridge contract."""
        return require_state(self.on(chain), self.bridges[chain])

    def head(self, chain: str) -> int:
        """Return the number of the chain's last block."""
        return self.on(chain).web3.eth.block_number

    def nonce(self, chain: str, account: str) -> int:
        """Return how many transactions an account has sent on a chain."""
        return self.on(chain).web3.eth.get_transaction_count(to_checksum_address(account))

    def direction(self, source: str) -> Direction:
        """Return the way over the bridge that begins on that chain."""
        target = OTHER[source]
        name = f"from the {source} chain to the {target} chain"
        return Direction(name, self.on(source), self.bridges[source], self.on(target), self.bridges[target])

    def send(self, source: str, count: int) -> Transfers:
        """Have a user request that many transfers on a chain, all at once, to fresh accounts on the other one."""
        direction = self.direction(source)
        user = self.user.account().address
        fill_account(direction.source, self.owners[source], user, 10 * COIN, 100 * COIN)
        amounts = {_fresh_account(): 10**15 + secrets.randbelow(10**15) for _ in range(count)}
        self.request(source, amounts)
        return Transfers(direction, amounts)

    def request(self, source: str, amounts: Mapping[str, int]) -> None:
        """Have the user, who can pay it, request transfers on a chain, all at once. `amounts`: peb, by recipient."""
        steps = [
            Step("requestKLAYTransfer", (to, amount, b""), f"transfer {amount} peb to {to}", amount)
            for to, amount in amounts.items()
        ]
        execute(self.on(source), self.user, [transaction(self.bridges[source], step) for step in steps])

    def votes(self, chain: str, operator: str, since: int) -> int:
        """Return how many transactions an operator sent to the chain's bridge contract in all blocks after that one."""
        ends = (operator.lower(), self.bridges[chain].lower())
        return sum((tx["from"], tx["to"]) == ends for tx in self._transactions(chain, since))

    def anchors(self, since: int) -> list[Anchor]:
        """Return the anchors on the parent chain in all blocks after that one."""
        return [
            Anchor(to_checksum_address(tx["from"]), int(tx["inputJSON"]["blockNumber"]))
            for tx in self._transactions("parent", since)
            if tx["typeInt"] == ANCHOR
        ]

    def _transactions(self, chain: str, since: int) -> Iterator[Mapping[str, Any]]:
        for number in range(since + 1, self.head(chain) + 1):
            block = self.on(chain).call("kaia_getBlockByNumber", hex(number), WITH_TRANSACTIONS)
            for tx in block["transactions"]:
                yield {"to": None, **tx}

    def wait_for_anchor(self, pair: str, deadline: float = ARRIVAL_SECONDS) -> Anchor:
        """Wait for an anchor of a pair of a child block that does not exist yet. Raises NotReady."""
        since, child_block = self.head("parent"), self.head("child")
        operator = self.pairs[pair]["parentOperator"]

        def probe() -> Anchor | str:
            new = (a for a in self.anchors(since) if a.sender == operator and a.child_block > child_block)
            return next(new, f"no anchor by {operator} of a child block after {child_block}")

        return wait_for(probe, deadline, interval=1)


def _fresh_account() -> str:
    return to_checksum_address(secrets.token_hex(20))
