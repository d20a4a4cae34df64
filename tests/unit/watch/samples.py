"""A bridge of two pairs in memory: its state, its nodes, and what is read of it when it is healthy."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from eth_abi.abi import encode

from components.chain.rpc.endpoint import Endpoint
from components.domain.networks import Side
from components.watch.readings import (
    AccountReading,
    ChainReading,
    ContractReading,
    CountReading,
    MachineReading,
    Missing,
    NodeReading,
    Read,
    Readings,
    SubBridgeReading,
    TokenReading,
)
from components.watch.targets import Targets
from tests.unit.fake_contract import Contract

NOW = 1_700_000_000.0
COIN = 10**18
BRIDGES = {"parent": "0x" + "a1" * 20, "child": "0x" + "c1" * 20}
TOKENS = {"parent": "0x" + "a2" * 20, "child": "0x" + "c2" * 20}
OWNERS = {"parent": "0x" + "a3" * 20, "child": "0x" + "c3" * 20}
KEYS = {"alpha": "aa" * 64, "beta": "bb" * 64}
OPERATORS: Mapping[str, Mapping[Side, str]] = {
    "alpha": {"parent": "0x" + "d1" * 20, "child": "0x" + "d2" * 20},
    "beta": {"parent": "0x" + "e1" * 20, "child": "0x" + "e2" * 20},
}
SEATS = {f"scn-{i}": f"0x{i:040x}" for i in (1, 2, 3, 4)}
CHAIN_IDS = {"parent": 2020, "child": 3000}
PAIRS = {"alpha": ("alpha-en", "scn-1"), "beta": ("beta-en", "scn-2")}
NODES = {"parent": "validator", "alpha-en": "en", "beta-en": "en", **dict.fromkeys(SEATS, "scn")}
KIND = "pulumi-python:dynamic/servicechain:"


def place(node: str) -> dict[str, str]:
    """Return where a node is, as the state has it."""
    return {"node": node, "host": "192.0.2.1", "private_key": "k", "host_key": "h", "ipc": "/srv/data/klay.ipc"}


def resource(kind: str, name: str, /, **outputs: object) -> dict[str, Any]:
    """Return a resource of a state."""
    return {
        "urn": f"urn:pulumi:dev::servicechain-ha::{KIND}{kind}::{name}",
        "type": f"{KIND}{kind}",
        "outputs": outputs,
    }


def export() -> dict[str, Any]:
    """Return the state of a stack that is up, secrets in the clear."""
    shown = {"fees": {"perPair": {"alpha": "5.0000", "beta": "5.0000"}}}
    found = [{"urn": "urn:pulumi:dev::x::pulumi:pulumi:Stack::dev", "type": "pulumi:pulumi:Stack", "outputs": shown}]
    kni = {scn: f"kni://{KEYS[pair]}@192.0.2.1:50505?discport=0" for pair, (_, scn) in PAIRS.items()}
    for name, role in NODES.items():
        chain_id = float(CHAIN_IDS["child" if role == "scn" else "parent"])
        more: dict[str, object] = {"peer": kni[name], "anchoring": True} if name in kni else {}
        found.append(resource("RunningNode", name, node=place(name), role=role, chain_id=chain_id, **more))
    found += [resource("ChildValidator", f"{n}-validator", node=place(n), address=seat) for n, seat in SEATS.items()]
    voters = [
        {"pair": pair, "en": place(en), "scn": place(scn), **OPERATORS[pair]} for pair, (en, scn) in PAIRS.items()
    ]
    found.append(resource("Voters", "voters", voters=voters, threshold=1.0))
    for side in ("parent", "child"):
        chain, bridge = {"chain_id": float(CHAIN_IDS[side])}, BRIDGES[side]
        found.append(resource("BridgeContract", f"{side}-bridge", address=bridge, owner=OWNERS[side], **chain))
        for pair, (_, scn) in PAIRS.items():
            vote = OPERATORS[pair]["parent" if side == "parent" else "child"]
            found.append(resource("BridgeOperator", f"{scn}-{side}-vote", bridge=bridge, operator=vote, **chain))
        found += [
            resource("OperatorThreshold", f"{side}-threshold", bridge=bridge, threshold=1.0, **chain),
            resource(
                "ConfigurationThreshold", f"{side}-configuration-threshold", bridge=bridge, threshold=1.0, **chain
            ),
            resource("OtherOperators", f"{side}-other-operators", bridge=bridge, others=[], policy="remove", **chain),
            resource(
                "TransferFees", f"{side}-fees", bridge=bridge, fees={"receiver": "", "coin": "0", "tokens": {}}, **chain
            ),
            resource("Liquidity", f"{side}-liquidity", account=bridge, minimum=str(500 * COIN), **chain),
            resource(
                "TokenRegistration",
                f"play-{side}-registration",
                bridge=bridge,
                kind="erc20",
                token=TOKENS[side],
                counterpart=TOKENS["child" if side == "parent" else "parent"],
                **chain,
            ),
        ]
    found += [
        resource(
            "Funding",
            f"{scn}-parent-funding",
            account=OPERATORS[pair]["parent"],
            chain_id=2020.0,
            minimum=str(50 * COIN),
        )
        for pair, (_, scn) in PAIRS.items()
    ]
    return {"deployment": {"resources": found}}


def targets() -> Targets:
    """Return what is to be read."""
    return Targets.of(export())


def contract(side: Side) -> ContractReading:
    """Return a contract as it should be, with 7 requests in each direction, all handled."""
    other: Side = "child" if side == "parent" else "parent"
    return ContractReading(
        owner=OWNERS[side],
        operators=tuple(OPERATORS[pair][side] for pair in PAIRS),
        threshold=1,
        configuration=1,
        requested=7,
        lower=7,
        upper=6,
        running=True,
        coins_locked=False,
        mints=side == "child",
        fee_receiver="",
        coin_fee=0,
        balance=1000 * COIN,
        tokens={TOKENS[side]: TokenReading(TOKENS[other], locked=False, fee=0, held=5)},
    )


def chain(side: Side) -> ChainReading:
    """Return a chain at block 100."""
    return ChainReading(
        chain_id=CHAIN_IDS[side],
        head=100,
        hash="0x" + "00" * 32,
        age=1.0,
        best=100,
        peers=2,
        version="Klaytn/v1.0.3/linux-amd64/go1.22.1",
        council=frozenset(SEATS.values()) if side == "child" else frozenset({"0x" + "ff" * 20}),
        contract=contract(side),
        accounts={OPERATORS[pair][side]: AccountReading(100 * COIN, 10) for pair in PAIRS},
    )


def bridge(pair: str) -> SubBridgeReading:
    """Return the half of a bridge that the SCN of a pair runs."""
    sides: tuple[Side, Side] = ("parent", "child")
    counts = {side: CountReading(OPERATORS[pair][side], 10, synced=True, unlocked=True) for side in sides}
    return SubBridgeReading(
        peers=(KEYS[pair],),
        registered=True,
        subscribed=True,
        anchoring=True,
        period=5,
        anchored=95,
        pending=0,
        operators=counts,
    )


def readings(
    *,
    nodes: Mapping[str, Mapping[str, object]] | None = None,
    contracts: Mapping[Side, Mapping[str, object]] | None = None,
    chains: Mapping[Side, Mapping[str, object] | Missing] | None = None,
    **changed: Any,
) -> Readings:
    """Return what is read of a healthy bridge, with some values changed."""
    found: dict[Side, Read[ChainReading]] = {}
    sides: tuple[Side, Side] = ("parent", "child")
    for side in sides:
        change = (chains or {}).get(side, {})
        if isinstance(change, Missing):
            found[side] = change
            continue
        made = replace(chain(side), contract=replace(contract(side), **(contracts or {}).get(side, {})))  # type: ignore[arg-type]
        found[side] = replace(made, **change)  # type: ignore[arg-type]
    machine = MachineReading(70 * 2**30, 252 * 2**30, 0.0, 7980.4)
    paired = {scn: pair for pair, (_, scn) in PAIRS.items()}
    all_ = {
        name: NodeReading(
            chain("child" if role == "scn" else "parent"), machine, bridge(paired[name]) if name in paired else None
        )
        for name, role in NODES.items()
    }
    for name, change in (nodes or {}).items():
        all_[name] = replace(all_[name], **change)  # type: ignore[arg-type]
    return replace(Readings(NOW, 0.5, all_, found, {}), **changed)


class FakeReach:
    """The way to nodes in memory. A node has an answer per method; what is not there is an error of the node."""

    def __init__(self) -> None:
        self.contracts = {
            side: Contract(
                OWNERS[side],
                operators=[OPERATORS[pair]["parent" if side == "parent" else "child"] for pair in PAIRS],
                request_nonce=7,
                lower_handle_nonce=7,
                tokens={},
            )
            for side in ("parent", "child")
        }
        self.before: dict[tuple[str, str], Callable[[], None]] = {}
        """Called before a node is asked: by node, and `chain`, `bridge` or `machine`."""
        self.answers: dict[str, dict[str, object]] = {name: self._usual(name) for name in NODES}
        self.asked: list[str] = []
        self.highest: dict[str, int] = {}
        """upperHandleNonce() by chain, where it is not what it is if all requests are handled in order."""
        self.links: dict[str, str] = {}
        """Lines of /proc/net/tcp, by node."""
        self.consoles: dict[str, float | None] = {}
        """Seconds since nodes have opened their consoles, where that is not 90; None where there is none."""

    def _usual(self, name: str) -> dict[str, object]:
        side = "child" if NODES[name] == "scn" else "parent"
        pair = next((pair for pair, nodes in PAIRS.items() if name in nodes), "alpha")
        counts = {
            f"{one}Operator": {"address": OPERATORS[pair][one], "nonce": 10, "isNonceSynced": True, "isUnlocked": True}
            for one in ("parent", "child")
        }
        pairs = [{"childAddress": BRIDGES["child"], "parentAddress": BRIDGES["parent"], "subscribed": True}]
        return {
            "eth_chainId": hex(CHAIN_IDS[side]),
            "eth_getBlockByNumber": {"number": "0x64", "hash": "0xab", "timestamp": hex(int(time.time()))},
            "admin_peers": [{"id": "1", "protocols": {"istanbul": {"blockscore": 101, "head": "0xab"}}}],
            "web3_clientVersion": "Klaytn/v1.0.3/linux",
            "istanbul_getValidators": list(SEATS.values()),
            "eth_getBalance": hex(100 * COIN),
            "eth_getTransactionCount": "0xa",
            "subbridge_peers": [{"id": KEYS[pair]}],
            "subbridge_listBridge": pairs,
            "subbridge_getRegisteredOperators": [],
            "subbridge_getOperators": counts,
            "subbridge_getAnchoring": True,
            "subbridge_getAnchoringPeriod": 5,
            "subbridge_getLatestAnchoredBlockNumber": 95,
            "subbridge_txPendingCount": 0,
        }

    def exchange(self, endpoint: Endpoint, request: bytes, seconds: float) -> bytes:  # noqa: ARG002
        """Answer a message."""
        calls = json.loads(request)
        kind = "bridge" if calls[0]["method"].startswith("subbridge") else "chain"
        self.before.get((endpoint.node, kind), lambda: None)()
        self.asked += [str(call["method"]) for call in calls]
        return json.dumps([self._answer(endpoint.node, call) for call in reversed(calls)]).encode()

    def run(self, endpoint: Endpoint, command: str, seconds: float) -> str:  # noqa: ARG002
        """Answer df, date, stat and grep."""
        self.before.get((endpoint.node, "machine"), lambda: None)()
        disk = "/dev/vda 264241152 23068672 73400320 24% /srv/data"
        links = self.links.get(endpoint.node, "") if "/proc/net/tcp" in command else ""
        now, age = time.time(), self.consoles.get(endpoint.node, 90.0)
        made = "-" if age is None else str(int(now - age))
        assert f"stat -c %Y {endpoint.ipc} " in command
        return f"Filesystem 1024-blocks Used Available Capacity Mounted on\n{disk}\n{now:.9f}\n{made}\n{links}"

    def _answer(self, node: str, call: Mapping[str, Any]) -> dict[str, object]:
        if call["method"] == "eth_call":
            return {"id": call["id"], "result": self._view(node, call["params"][0])}
        answers = self.answers[node]
        if call["method"] not in answers:
            return {"id": call["id"], "error": {"message": f"the method {call['method']} does not exist"}}
        return {"id": call["id"], "result": answers[call["method"]]}

    def _view(self, node: str, call: Mapping[str, str]) -> str:
        side = "child" if NODES[node] == "scn" else "parent"
        data = bytes.fromhex(call["data"][2:])
        if call["to"] != BRIDGES[side]:
            return "0x" + encode(["uint256"], [5]).hex()
        found = self.contracts[side]
        if data[:4].hex() == "54edad72":  # upperHandleNonce(), which no plan needs
            return "0x" + encode(["uint64"], [self.highest.get(side, max(0, found.lower_handle_nonce - 1))]).hex()
        return "0x" + found.view(data).hex()
