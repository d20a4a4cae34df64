"""make drill on real nodes: faults are made under traffic, noticed, undone and overcome."""

import json
import subprocess
import sys
from pathlib import Path

from components.chain.rpc.ipc_stream import run_on_host
from tests.network.network import Network
from tests.stack import ROOT
from toolchain.ops.drill.acts import act_of
from toolchain.ops.drill.plan import fault_of
from toolchain.ops.drill.report import DrillReport
from toolchain.ops.drill.scene import Scene


def drilled(network: Network, file: Path, *options: str) -> tuple[int, DrillReport]:
    """Return exit status and report of a drill."""
    export = json.dumps({"deployment": network.stack.exported()})
    command = [sys.executable, "-m", "toolchain.ops.drill", "test", "--json", str(file), *options]
    done = subprocess.run(command, cwd=ROOT, input=export, capture_output=True, text=True, check=False)
    print(done.stdout, done.stderr)
    assert "error:" not in done.stderr
    return done.returncode, DrillReport.model_validate_json(file.read_text())


def test_transfers_continue_while_an_scn_is_dead_and_while_nodes_hang(network: Network, tmp_path: Path) -> None:
    before = network.processes()
    options = ("--fault", "scn,hung", "--node", "alpha-en,scn-1", "--hold", "3")
    code, found = drilled(network, tmp_path / "drill.json", *options)
    assert (code, found.passed, found.problems, found.skipped) == (0, True, (), ())
    assert [(one.kind, one.subject, one.worst) for one in found.faults] == [
        ("scn", "scn-1", "degraded"),
        ("hung", "alpha-en", "degraded"),
        ("hung", "scn-1", "degraded"),
    ]
    for one in found.faults:
        assert one.subject in {row.subject for row in one.stopped}
        assert {"beta", "parent chain", "child chain"} <= {*one.continued}
        assert one.recovered is not None
    for row in found.transfers:
        assert row.sent == row.arrived > 0
    assert {row.direction for row in found.transfers} == {"child to parent", "parent to child"}
    after = network.processes()
    assert {name for name in before if before[name] != after[name]} == {"scn-1"}, "those that hung went on"


def test_a_link_that_is_cut_carries_nothing_until_it_is_mended(network: Network) -> None:
    scene = Scene.of("test", {"deployment": network.stack.exported()})
    act = act_of(scene, fault_of(scene, "link", "alpha", ("alpha-en", "scn-1")))
    probe = f"timeout 2 bash -c '</dev/tcp/{network.pairs['alpha']['en']['address']}/22' && echo open || echo closed"

    def reaches(node: str) -> str:
        return run_on_host(network.endpoints[node], probe, 30).strip()

    assert act.obstacle() is None
    try:
        act.begin()
        assert (reaches("scn-1"), reaches("scn-2")) == ("closed", "open")
    finally:
        for _ in range(2):
            assert act.undo() == []
    assert reaches("scn-1") == "open"
    assert network.run("alpha-en", "ip route show type blackhole").strip() == ""
