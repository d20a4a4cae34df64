"""The exporter on the machines of real nodes: it reports what the readings report, and gives up soon on a hung one."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest

from components.chain.rpc.ipc_stream import run_on_host
from components.chain.transfers.requests import find
from components.domain.units import PEB
from components.watch.metrics import contract_series, exporter_series
from components.watch.metrics.contract_series import RECENT
from components.watch.metrics.exporter_file import configuration, observed, script
from components.watch.metrics.exporter_series import CHECKPOINT, HASH_BITS
from components.watch.reading.reader import read
from components.watch.readings import ContractReading, Missing, SubBridgeReading
from components.watch.targets import Targets
from tests.metrics_file import Values, values_of
from tests.network.network import Network
from toolchain.ops.state import targets_of

NODES = ("parent", "alpha-en", "scn-1", "scn-4")
"""A validator of the parent chain, both of a pair, and an SCN of no pair."""
DEADLINE = 10.0
"""Seconds of one run, at the most; one of a healthy node takes 0.2, most of it the start of Python."""

HASHES_ONLY = False
"""Second argument of getBlockByNumber."""


class Exporter:
    """The exporter on the machine of a node, in a folder of its own."""

    def __init__(self, network: Network, targets: Targets, node: str) -> None:
        self._network, self.node = network, node
        self.folder = network.run(node, "mktemp -d /tmp/exporter-XXXXXX").strip()
        (target,) = (one for one in targets.nodes if one.name == node)
        config = configuration(observed(targets, target, f"{self.folder}/servicechain.prom"))
        for name, text in (("exporter.py", script()), ("config.json", json.dumps(config))):
            run_on_host(network.endpoints[node], f"cat > {self.folder}/{name}", 10, stdin=text)

    def text(self) -> str:
        """Run it once and return its file."""
        run = f"cd {self.folder} && python3 -I exporter.py config.json && cat servicechain.prom"
        return self._network.run(self.node, run)

    def remove(self) -> None:
        """Remove its folder."""
        self._network.run(self.node, f"rm -rf {self.folder}")


@pytest.fixture(scope="module")
def targets(network: Network) -> Targets:
    return targets_of({"deployment": network.stack.exported()})


@pytest.fixture(scope="module")
def exporters(network: Network, targets: Targets) -> Iterator[dict[str, Exporter]]:
    made: dict[str, Exporter] = {}
    try:
        for node in NODES:
            made[node] = Exporter(network, targets, node)
        yield made
    finally:
        for one in made.values():
            one.remove()


def check_contract(found: Values, contract: ContractReading, side: str, targets: Targets) -> None:
    counts = ("requested", "handled", "highest_handled", "threshold", "configuration_threshold", "running", "mints")
    assert [found[f"bridge_{name}"] for name in counts] == [
        contract.requested,
        contract.lower,
        contract.upper,
        contract.threshold,
        contract.configuration,
        contract.running,
        contract.mints,
    ]
    assert found["bridge_balance_coins"] == contract.balance / PEB
    assert found["bridge_operators"] == len(contract.operators) == len(targets.pairs)
    for name in ("owner_as_declared", "thresholds_as_declared", "fees_as_declared"):
        assert found[f"bridge_{name}"] == 1, name
    assert found["bridge_unexpected_operators"] == 0
    for token in targets.contracts[side].tokens:  # type: ignore[index]
        assert found[f'bridge_token_registered{{token="{token.name}"}}'] == 1


def check_requests(network: Network, found: Values, side: str) -> None:
    direction, newest = network.direction(side), int(found["bridge_requested"]) - 1
    wanted = range(newest, max(-1, newest - RECENT), -1)
    assert [found[f'recent_request_nonce{{back="{back}"}}'] for back in range(len(wanted))] == list(wanted)
    request = find(direction, [newest])[newest]
    made = direction.source.web3.eth.get_block(request.block)["timestamp"]
    assert found['recent_request_timestamp_seconds{back="0"}'] == made
    (amount,) = (value for name, value in found.items() if name.startswith('recent_request_amount{back="0"'))
    assert amount == {"coin": request.amount / PEB, "erc20": float(request.amount), "erc721": 1}[request.kind]


@pytest.mark.parametrize("node", NODES)
def test_it_tells_what_the_readings_tell(
    network: Network, targets: Targets, exporters: dict[str, Exporter], node: str
) -> None:
    begin = time.monotonic()
    text = exporters[node].text()
    took = time.monotonic() - begin
    found, reading = values_of(text), read(targets).nodes[node]
    assert not isinstance(reading.chain, Missing)
    assert not isinstance(reading.chain.contract, Missing)
    print(f"{node}: {len(found)} values after {took:.2f} s")
    assert took < DEADLINE / 2
    assert (found["node_up"], found["exporter_unanswered_questions"]) == (1, 0)
    assert 0 <= reading.chain.head - found["head_block"] < 30
    assert found["peers"] == reading.chain.peers
    assert not isinstance(reading.chain.council, Missing)
    assert found["validators"] == len(reading.chain.council)
    checkpoint = int(found["checkpoint_block"])
    block = network.console(node).call("eth_getBlockByNumber", hex(checkpoint), HASHES_ONLY)
    assert checkpoint == found["head_block"] - found["head_block"] % CHECKPOINT
    assert found["checkpoint_hash"] == int(block["hash"], 16) >> (256 - HASH_BITS)
    age = network.run(node, "ps -o etimes= -p $(pgrep -o 'k(en|scn|cn)$')")
    assert found["node_process_start_time_seconds"] == pytest.approx(time.time() - int(age), abs=3)
    side = "child" if node.startswith("scn") else "parent"
    check_contract(found, reading.chain.contract, side, targets)
    check_requests(network, found, side)
    if isinstance(half := reading.bridge, SubBridgeReading):
        assert (found["scn_main_bridges"], found["scn_right_main_bridge"]) == (len(half.peers), 1) == (1, 1)
        assert (found["scn_registered"], found["scn_subscribed"]) == (half.registered, half.subscribed) == (1, 1)
        assert (found["scn_anchoring"], found["scn_anchoring_period_blocks"]) == (half.anchoring, half.period)
        assert 0 <= half.anchored - found["scn_anchored_block"] < 60
        for one, count in half.operators.items():
            assert 0 <= count.counted - found[f'scn_operator_nonce{{side="{one}"}}'] < 10
            assert found[f'scn_operator_unlocked{{side="{one}"}}'] == count.unlocked == 1
    if promtool := shutil.which("promtool"):
        done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_nodes_of_a_bridge_have_every_series(exporters: dict[str, Exporter]) -> None:
    found = {line.split()[2] for node in NODES for line in exporters[node].text().splitlines() if "# TYPE" in line}
    tokens = {one.name for one in contract_series.ALL if "token" in one.labels}
    declared = {str(contract_series.MINIMUM), str(contract_series.OPERATOR_MINIMUM)}
    assert {one.name for one in (*exporter_series.ALL, *contract_series.ALL)} - found <= tokens | declared


def test_the_next_run_reads_only_new_blocks(network: Network, exporters: dict[str, Exporter]) -> None:
    exporter = exporters["scn-4"]
    first = values_of(exporter.text())
    network.send("child", 2)
    second = values_of(exporter.text())
    assert second["bridge_requested"] == first["bridge_requested"] + 2
    check_requests(network, second, "child")


def test_of_a_node_that_hangs_only_that_is_told(network: Network, exporters: dict[str, Exporter]) -> None:
    signal = "kill -{} $(pgrep -o 'ken$')"
    network.run("alpha-en", signal.format("STOP"))
    try:
        begin = time.monotonic()
        found = values_of(exporters["alpha-en"].text())
        took = time.monotonic() - begin
    finally:
        network.run("alpha-en", signal.format("CONT"))
    assert took < DEADLINE
    assert found.keys() == {"exporter_last_run_timestamp_seconds", "node_up", "data_free_bytes", "data_size_bytes"}
    assert found["node_up"] == 0
