"""make drill and make soak on a network with a monitor and a token. Here alerts fire after ten seconds, not minutes.

The commands are those of the Makefile, without the setup before them.
"""

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from components.domain.problems.operations.drills import NO_DRILL_HERE
from tests.network.network import Network
from tests.stack import ROOT
from toolchain.ops.drill.report import DrillReport, FaultRow

pytestmark = pytest.mark.nightly

SEED = 7
APART = {"BridgePairDisconnected", "BridgeNoReserveLeft", "BridgeAnchoringLate"}
DEAD = {"BridgePairDisconnected", "BridgeNoReserveLeft", "BridgeNodeDown"}
"""A fault ends soon after the first alert; which of these that is depends on when the nodes are read."""
BOTH_WAYS = {(way, asset) for way in ("child to parent", "parent to child") for asset in ("coins", "gold")}


def made(target: str, **variables: str) -> Sequence[str]:
    """Return the command that make runs last for a target."""
    words = ["make", "--dry-run", "--no-print-directory", target, *(f"{name}={it}" for name, it in variables.items())]
    return shlex.split(subprocess.check_output(words, cwd=ROOT, text=True).splitlines()[-1])


@contextmanager
def begun(
    network: Network, target: str, file: Path, options: str, **variables: str
) -> Iterator["subprocess.Popen[str]"]:
    """Yield the command of a target in a session of its own, as at a terminal; it has ended afterwards."""
    command = made(target, STACK="test", ARGS=f"{options} --json {file}", **variables)
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **network.stack.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)


def drilled(network: Network, target: str, file: Path, options: str = "", **variables: str) -> DrillReport:
    """Return the report of a drill that has to pass, and print what it said."""
    with begun(network, target, file, options, **variables) as process:
        said, _ = process.communicate()
    print(said)
    assert process.returncode == 0
    found = DrillReport.model_validate_json(file.read_text())
    assert (found.passed, found.problems) == (True, ())
    assert {(row.direction, row.asset) for row in found.transfers} == BOTH_WAYS
    for row in found.transfers:
        assert (row.sent, row.wrong) == (row.arrived, 0)
        assert row.sent > 0
    assert network.processes().keys() == network.endpoints.keys(), "every node runs"
    return found


def fired(row: FaultRow) -> set[str]:
    """Return the alerts of a fault."""
    assert row.alerts, "none has fired"
    assert all(0 < alert.after <= row.lasted for alert in row.alerts)
    return {alert.name for alert in row.alerts}


def test_a_disk_that_others_use_is_not_filled(network: Network, tmp_path: Path) -> None:
    file = tmp_path / "drill.json"
    with begun(network, "drill", file, "--fault disk") as process:
        said, _ = process.communicate()
    print(said)
    assert process.returncode == 2
    assert NO_DRILL_HERE.code in said
    assert not file.exists()


def test_ctrl_c_undoes_the_fault(network: Network, tmp_path: Path) -> None:
    before, file = network.processes(), tmp_path / "drill.json"
    said = ""
    with begun(network, "drill", file, "--fault hung --node beta-en --hold 300") as process:
        assert process.stdout
        for line in process.stdout:
            said += line
            if line.endswith("now\n"):
                break
        time.sleep(5)
        assert network.run("beta-en", "ps -o stat= -p $(pgrep -ox ken)").strip().startswith("T")
        begin = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        said += process.stdout.read()
        process.wait(60)
    print(said, f"ended after {time.monotonic() - begin:.0f} s")
    found = DrillReport.model_validate_json(file.read_text())
    assert (process.returncode, found.interrupted, found.passed, found.faults) == (1, True, False, ())
    assert found.transfers
    assert all(row.sent == row.arrived > 0 for row in found.transfers), "what was sent has arrived all the same"
    assert network.processes() == before
    assert not network.run("beta-en", "ps -o stat= -p $(pgrep -ox ken)").strip().startswith("T")


def test_the_next_drill_undoes_what_a_killed_one_left(network: Network, tmp_path: Path) -> None:
    before, file = network.processes(), tmp_path / "drill.json"
    options = "--fault hung --node beta-en --hold"
    with begun(network, "drill", file, f"{options} 300") as process:
        assert process.stdout
        for line in process.stdout:
            if line.endswith("now\n"):
                break
        time.sleep(5)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)
    assert network.run("beta-en", "ps -o stat= -p $(pgrep -ox ken)").strip().startswith("T")
    network.run("beta-en", "ip route add blackhole 10.255.255.1 proto 86")
    with begun(network, "drill", file, f"{options} 1") as process:
        said, _ = process.communicate()
    print(said)
    assert process.returncode == 0
    assert "beta-en stood still, beta-en had a cut link" in said
    assert DrillReport.model_validate_json(file.read_text()).passed
    assert network.processes() == before
    assert network.run("beta-en", "ip route show type blackhole").strip() == ""


def test_a_group_dies_together(network: Network, tmp_path: Path) -> None:
    found = drilled(network, "drill", tmp_path / "drill.json", "--group alpha-en,scn-1 --hold 1")
    assert [(one.kind, one.nodes, one.pairs) for one in found.faults] == [("group", ("alpha-en", "scn-1"), ("alpha",))]
    assert fired(found.faults[0]) & DEAD


def test_dead_nodes_and_a_cut_link_are_told_by_alerts(network: Network, tmp_path: Path) -> None:
    found = drilled(network, "drill", tmp_path / "drill.json", "--fault en,pair,link --pair beta --hold 1")
    en, pair, link = found.faults
    assert [(one.kind, one.subject, one.worst) for one in found.faults] == [
        ("en", "beta-en", "degraded"),
        ("pair", "beta", "degraded"),
        ("link", "beta", "degraded"),
    ]
    assert fired(en) & DEAD
    assert fired(pair) & DEAD
    assert fired(link) & APART
    assert {alert.labels.get("pair", "beta") for one in found.faults for alert in one.alerts or ()} == {"beta"}
    assert all("alpha" in one.continued for one in found.faults)
    assert network.run("beta-en", "ip route show type blackhole").strip() == ""


def test_a_dead_and_a_hung_scn_are_overcome(network: Network, tmp_path: Path) -> None:
    found = drilled(network, "drill", tmp_path / "drill.json", "--fault scn,hung --node scn-2 --hold 1")
    assert [(one.kind, one.subject, one.worst) for one in found.faults] == [
        ("scn", "scn-2", "degraded"),
        ("hung", "scn-2", "degraded"),
    ]
    for one in found.faults:
        assert fired(one)
        assert {"alpha", "parent chain", "child chain"} <= {*one.continued}
        assert {(row.direction, row.asset) for row in one.transfers} == BOTH_WAYS


def test_a_soak_makes_the_same_faults_of_the_same_seed(network: Network, tmp_path: Path) -> None:
    long, short = (
        drilled(network, "soak", tmp_path / f"{minutes}.json", MINUTES=minutes, SEED=str(SEED))
        for minutes in ("1", "0.1")
    )
    assert long.seed == short.seed == SEED
    faults = [(one.kind, one.subject) for one in short.faults]
    assert faults
    assert faults == [(one.kind, one.subject) for one in long.faults][: len(faults)]
