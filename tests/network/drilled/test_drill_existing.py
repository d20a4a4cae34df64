"""make drill on machines that the program did not make, behind a bastion; one has a disk for its data. Needs root.

The name of the stack has to be typed before. One pair is drilled: its EN has a systemd, its SCN has none.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.domain.problems.operations.drills import NOT_CONFIRMED
from components.hosts.local_preflight import missing
from tests.network import systemd_machine
from tests.network.conftest import make_stack
from tests.network.existing_hosts import HandMade, existing, hand_made
from tests.network.local_hosts import running_network
from tests.stack import ROOT, Stack, settings
from toolchain.ops.drill.commands import FILLER
from toolchain.ops.drill.report import DrillReport

_ABSENT = [*missing(), *filter(None, [systemd_machine.missing()])]
pytestmark = [pytest.mark.nightly, pytest.mark.skipif(bool(_ABSENT), reason=" ".join(_ABSENT))]

BASTION = "monitor"
NAMES = {
    **dict.fromkeys(("parent", "alpha-en", "alpha-scn", "beta-scn", "gamma-scn", "delta-scn", BASTION), False),
    "beta-en": True,
}
"""Whether it has systemd."""
DISK_MIB = 1100
"""A GiB has to be free for a node."""
DATA = "/srv/servicechain"


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, HandMade]]:
    with running_network() as network, hand_made(network, tmp_path_factory.mktemp("machines"), NAMES) as found:
        found["beta-scn"].ask(f"mkdir -p {DATA} && mount -t tmpfs -o size={DISK_MIB}m,mode=0755 disk {DATA}")
        yield found


@pytest.fixture(scope="module")
def stack(hosts: dict[str, HandMade], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    machines = {name: host for name, host in hosts.items() if name != BASTION}
    logins: dict[str, dict[str, object]] = {
        name: {"user": "root", "service": "systemd" if systemd else "daemon"} for name, systemd in NAMES.items()
    }
    bastion = hosts[BASTION].settings
    wanted = settings(
        target="existing",
        existing={
            **existing(machines, logins),
            "bastion": {"host": bastion["address"], "hostKey": bastion["hostKey"], "user": "root"},
        },
        serviceChain={"chainId": 3000, "nodes": [name for name in machines if name.endswith("-scn")]},
        pairs=[{"name": name, "scn": f"{name}-scn"} for name in ("alpha", "beta")],
    )
    with make_stack(tmp_path_factory.mktemp("stack"), wanted) as stack:
        stack.up()
        yield stack


def drill(stack: Stack, *options: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Drill the stack, and print what is said."""
    done = subprocess.run(
        [sys.executable, "-m", "toolchain.ops.drill", "test", *options],
        cwd=ROOT,
        env={**os.environ, **environment},
        input=json.dumps({"deployment": stack.exported()}),
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # no terminal to ask on
    )
    print(done.stdout, done.stderr)
    return done


def node_of(host: HandMade) -> Any:
    return host.ask("pgrep -x 'k(e|sc)n'").split()


def test_without_the_name_of_the_stack_nothing_is_done(stack: Stack, hosts: dict[str, HandMade]) -> None:
    before = {name: node_of(hosts[name]) for name in ("beta-en", "beta-scn")}
    for typed in ("", "other"):
        done = drill(stack, "--fault", "en", CONFIRM=typed)
        assert (done.returncode, NOT_CONFIRMED.code in done.stderr) == (2, True)
    assert {name: node_of(hosts[name]) for name in before} == before


def test_faults_are_made_and_undone_over_the_bastion(stack: Stack, hosts: dict[str, HandMade], tmp_path: Path) -> None:
    file = tmp_path / "drill.json"
    faults = ("en", "scn", "hung", "link", "disk")
    options = ["--fault", ",".join(faults), "--pair", "beta", "--hold", "3", "--json", str(file)]
    done = drill(stack, *options, CONFIRM="test")
    found = DrillReport.model_validate_json(file.read_text())
    assert (done.returncode, found.passed, found.problems) == (0, True, ())
    assert [(one.kind, one.subject) for one in found.faults] == [
        ("en", "beta-en"),
        ("scn", "beta-scn"),
        ("hung", "beta-en"),
        ("hung", "beta-scn"),
        ("link", "beta"),
        ("disk", "beta-scn"),
    ]
    assert [one.what for one in found.skipped] == ["disk beta-en"], "its disk is that of this computer"
    for one in found.faults:
        assert {"alpha", "parent chain", "child chain"} <= {*one.continued}
        assert one.recovered is not None
    for row in found.transfers:
        assert row.sent == row.arrived > 0
    assert hosts["beta-en"].ask("ip route show type blackhole").strip() == ""
    assert hosts["beta-scn"].ask(f"find {DATA} -name {FILLER}").strip() == ""
    assert hosts["beta-en"].ask("systemctl is-active kend") == "active"
    assert not stack.preview().changes
