"""The files of the exporter: the script in one piece runs alone, and its configuration has what is declared."""

import ast
import inspect
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_utils.abi import function_signature_to_4byte_selector

from components.domain.limits import CONFIGURATION, VALUE_TRANSFER
from components.domain.problems.nodes import CONSOLE_SILENT, NODE_DOWN
from components.domain.quorum import quorum
from components.domain.units import PEB
from components.domain.versions import version_in
from components.watch.metrics import exporter, exporter_contract, exporter_ipc, exporter_text
from components.watch.metrics.contract_series import RECENT
from components.watch.metrics.exporter_file import PARTS, Half, Observed, configuration, observed, script
from components.watch.metrics.exporter_requests import RECENT as SLOTS
from components.watch.metrics.exporter_series import CHECKPOINT, HASH_BITS
from components.watch.metrics.series import PREFIX
from tests.metrics_file import values_of
from tests.unit.watch.metrics.conftest import Watched
from tests.unit.watch.metrics.fake_ipc import Made
from tests.unit.watch.samples import BRIDGES, COIN, KEYS, OPERATORS, OWNERS, TOKENS, targets

SELECTORS = {
    "OWNER": "owner()",
    "OPERATORS": "getOperatorList()",
    "THRESHOLDS": "operatorThresholds(uint8)",
    "REQUESTED": "requestNonce()",
    "LOWER": "lowerHandleNonce()",
    "UPPER": "upperHandleNonce()",
    "RUNNING": "isRunning()",
    "LOCKED": "isLockedKLAY()",
    "MINTS": "modeMintBurn()",
    "RECEIVER": "feeReceiver()",
    "FEE": "feeOfKLAY()",
    "TOKEN": "registeredTokens(address)",
    "TOKEN_LOCKED": "lockedTokens(address)",
    "TOKEN_FEE": "feeOfERC20(address)",
    "TOKEN_BALANCE": "balanceOf(address)",
}
RUN_SECONDS = 15


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the script as it is shipped."""
    path = tmp_path / "exporter.py"
    path.write_text(script())
    return path


def run(file: Path, config: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    """Run the script as a machine does: no module but those of the standard library can be found."""
    command = [sys.executable, "-I", "-S", str(file), str(config), *more]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=RUN_SECONDS, check=False)


def test_the_script_alone_writes_what_its_modules_write(scn: Watched, file: Path) -> None:
    scn.ipc.chain.made = [Made(nonce, 100 + nonce) for nonce in range(7)]
    wanted = scn.values()
    scn.out.unlink()
    done = run(file, scn.written())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    found = values_of(scn.out.read_text())
    vary = {"exporter_last_run_timestamp_seconds", "data_free_bytes"}
    assert {name for name in found if found[name] != wanted.get(name)} <= vary
    assert found.keys() == wanted.keys()


def test_it_imports_the_standard_library_only_and_is_python_3_9(file: Path) -> None:
    tree = ast.parse(file.read_text(), feature_version=(3, 9))
    imports = [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    imports += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {one.partition(".")[0] for one in imports} <= sys.stdlib_module_names
    assert file.read_text().startswith("#!/usr/bin/env python3\n")
    assert "match " not in [line.strip()[:6] for line in file.read_text().splitlines()]


def test_a_name_means_one_thing_in_all_parts_of_the_script() -> None:
    folder = Path(inspect.getfile(exporter)).parent
    defined: dict[str, str] = {}
    for part in PARTS:
        for node in ast.parse((folder / f"{part}.py").read_text()).body:
            names = [node.name] if isinstance(node, ast.ClassDef | ast.FunctionDef) else []
            if isinstance(node, ast.Assign):
                names = [one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)]
            for name in names:
                assert defined.setdefault(name, part) == part, name


def test_a_dead_node_is_no_error_and_an_unwritable_file_is_one_line(scn: Watched, file: Path) -> None:
    scn.config["ipc"] = str(scn.folder / "nobody")
    done = run(file, scn.written())
    assert (done.returncode, done.stderr) == (0, "")
    scn.config["out"] = str(scn.folder / "nowhere" / "servicechain.prom")
    done = run(file, scn.written())
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "nowhere" in done.stderr
    done = run(file, scn.folder / "no.json")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)


@pytest.fixture
def looping(scn: Watched, file: Path) -> Iterator["subprocess.Popen[str]"]:
    """Start the script for ever, five times a second."""
    command = [sys.executable, "-I", "-S", str(file), str(scn.written()), "--loop", "0.2"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def until(probe: Any) -> None:
    end = time.monotonic() + RUN_SECONDS
    while not probe():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_loop_survives_errors_and_says_each_change_once(scn: Watched, looping: "subprocess.Popen[str]") -> None:
    def up() -> float | None:
        return values_of(scn.out.read_text()).get("node_up") if scn.out.exists() else None

    until(lambda: up() == 1)
    config = scn.written()
    config.write_text("nonsense")
    time.sleep(1)
    scn.config["ipc"] = str(scn.folder / "nobody")
    scn.written()
    until(lambda: up() == 0)
    time.sleep(0.5)
    scn.config["ipc"] = scn.ipc.path
    scn.written()
    until(lambda: up() == 1)
    assert looping.poll() is None
    looping.send_signal(signal.SIGTERM)
    assert looping.stderr
    lines = looping.stderr.read().splitlines()
    assert [line.partition(":")[0] for line in lines if "JSONDecodeError" in line] == ["JSONDecodeError"]
    assert [line for line in lines if line.startswith("scn-1: ")] == lines[-2:-1]
    assert lines[-1] == "the node answers"


def test_selectors_are_those_of_the_contract() -> None:
    found = {name: getattr(exporter_contract, name) for name in SELECTORS}
    assert found == {name: function_signature_to_4byte_selector(view).hex() for name, view in SELECTORS.items()}


def test_facts_that_stand_in_two_places_are_equal() -> None:
    assert (exporter_contract.TRANSFER, exporter_contract.CONFIGURATION) == (VALUE_TRANSFER, CONFIGURATION)
    assert (exporter_text.PEB, exporter_text.PREFIX, SLOTS) == (PEB, PREFIX, RECENT)
    assert (exporter_ipc.Silent.code, exporter_ipc.Down.code) == (CONSOLE_SILENT.code, NODE_DOWN.code)
    assert (exporter.CHECKPOINT, exporter.HASH_DIGITS * 4) == (CHECKPOINT, HASH_BITS)
    assert [exporter_ipc.quorum(size) for size in range(1, 60)] == [quorum(size) for size in range(1, 60)]


@pytest.mark.parametrize(
    "text",
    [
        "Klaytn/v1.0.3/linux-amd64/go1.22.1",
        "Kaia/v2.2.1+0123abc/linux",
        "Kaia/my-v9.9.9-node/v2.2.1/linux",
        "v1.0.3",
        "nothing",
        "Klaytn/v1.0/linux",
    ],
)
def test_versions_are_read_as_the_project_reads_them(text: str) -> None:
    found = exporter.VERSION.findall(text)
    assert ("v" + ".".join(found[-1]) if found else None) == version_in(text)


def test_the_configuration_has_what_is_declared() -> None:
    (scn,) = (one for one in targets().nodes if one.name == "scn-1")
    found = configuration(observed(targets(), scn, "/var/x.prom"))
    assert found == json.loads(json.dumps(found))
    assert (found["ipc"], found["data"], found["out"]) == ("/srv/data/klay.ipc", "/srv/data", "/var/x.prom")
    assert found["half"] == {**BRIDGES, "main_bridge": KEYS["alpha"]}
    assert found["operators"] == {pair: {"address": one["child"], "minimum": None} for pair, one in OPERATORS.items()}
    contract = found["contract"]
    assert (contract["address"], contract["owner"]) == (BRIDGES["child"], OWNERS["child"])
    assert contract["expected"] == sorted(one["child"] for one in OPERATORS.values())
    assert (contract["threshold"], contract["minimum"]) == (1, 500 * COIN)
    assert contract["fees"] == {"receiver": "", "coin": 0, "tokens": {}}
    assert contract["tokens"] == [{"name": "play", "address": TOKENS["child"], "counterpart": TOKENS["parent"]}]


def test_operators_that_are_kept_are_expected() -> None:
    kept = replace(targets().contracts["child"], others=frozenset({"0x" + "EE" * 20}), operators=("0x" + "dd" * 20,))
    found = configuration(Observed("a", "/i", "/d", "/o.prom", contract=kept, operators={"p": "0x" + "cc" * 20}))
    assert found["contract"]["expected"] == [f"0x{one * 20}" for one in ("cc", "dd", "ee")]


def test_nodes_without_a_pair_have_no_half_and_parents_have_minima() -> None:
    by_name = {one.name: configuration(observed(targets(), one, "/x.prom")) for one in targets().nodes}
    assert [name for name, one in by_name.items() if one["half"]] == ["scn-1", "scn-2"]
    assert by_name["beta-en"]["operators"]["alpha"]["minimum"] == 50 * COIN
    assert "private_key" not in json.dumps(by_name)


def test_addresses_may_be_written_in_any_case() -> None:
    mixed = Observed("a", "/i", "/d", "/o.prom", operators={"p": "0xAB"}, half=Half({"parent": "0xCD"}, "ee"))
    found = configuration(mixed)
    assert found["operators"]["p"]["address"] == "0xab"
    assert found["half"] == {"parent": "0xcd", "child": "", "main_bridge": "ee"}
