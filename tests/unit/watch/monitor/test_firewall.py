"""The table that closes the ports of the metrics: who is let in, and that nft takes it."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from components.watch.monitor import firewall, process_commands, programs
from components.watch.monitor.folder import MonitoringFolder

FOLDER = MonitoringFolder("/srv/servicechain")
OPENED = {61001: ["10.0.0.9/32", "10.2.0.0/16"], 9100: ["10.0.0.9/32"], 9090: []}


def test_each_port_is_open_to_its_readers_and_closed_to_others() -> None:
    lines = [line.strip() for line in firewall.rules(OPENED).splitlines()]
    assert [line for line in lines if line.startswith(("iif", "tcp"))] == [
        f'iif "lo" accept comment "{firewall.MARK}"',
        "tcp dport 61001 ip saddr { 10.0.0.9/32, 10.2.0.0/16 } accept",
        "tcp dport 9100 ip saddr { 10.0.0.9/32 } accept",
        "tcp dport { 61001, 9100, 9090 } drop",
    ]
    assert "policy accept;" in firewall.rules(OPENED), "what it does not name is for others to decide"


WITH_NFT = pytest.mark.skipif(shutil.which("nft") is None, reason="nft is not installed; it is in Debian's nftables")


def placed(tmp_path: Path) -> Mapping[str, str]:
    """Write the file of the table; return the commands."""
    folder = MonitoringFolder(str(tmp_path))
    file = Path(firewall.rules_file(folder))
    file.parent.mkdir(parents=True)
    file.write_text(firewall.rules(OPENED))
    return firewall.scripts(folder, systemd=False)


def in_a_network(steps: str) -> subprocess.CompletedProcess[str]:
    """Run commands in a network namespace of their own, which has no table."""
    return subprocess.run(["unshare", "--net", "sh", "-c", steps], capture_output=True, text=True, check=False)


@WITH_NFT
def test_nft_takes_it_twice_and_it_goes_without_a_trace(tmp_path: Path) -> None:
    commands = placed(tmp_path)
    steps = "\n".join(f"({commands[name]}) || exit" for name in ("start", "running", "start", "running", "remove"))
    done = in_a_network(f"{steps}\nnft list ruleset")
    assert (done.returncode, done.stdout, done.stderr) == (0, "running\nrunning\n", "")
    assert list(tmp_path.iterdir()) == []


@WITH_NFT
def test_a_table_of_somebody_else_with_its_name_stays(tmp_path: Path) -> None:
    commands = placed(tmp_path)
    steps = "\n".join(f"({commands[name]})" for name in ("running", "start", "reload", "remove"))
    done = in_a_network(f"nft add table inet {firewall.TABLE}\n{steps}\nnft list ruleset")
    assert done.stdout.split() == ["table", "inet", firewall.TABLE, "{", "}"], "it stays, and does not count as running"
    assert done.stderr.count(f"inet {firewall.TABLE} ") == 2, "start and reload refuse"


def test_without_nft_it_does_not_start_and_goes(tmp_path: Path) -> None:
    commands = placed(tmp_path)
    script = "\n".join(line for line in commands["start"].splitlines() if not line.startswith("PATH="))
    done = subprocess.run(["/bin/sh", "-c", script], env={"PATH": ""}, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "nft" in done.stderr


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed; it is a Debian package")
@pytest.mark.parametrize("systemd", [False, True])
def test_shellcheck_finds_nothing(*, systemd: bool) -> None:
    for text in firewall.scripts(MonitoringFolder("/it's/$(srv)"), systemd=systemd).values():
        words = ["shellcheck", "--shell=sh", "--exclude=SC2016,SC2015", "-"]
        done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_takes_its_unit(tmp_path: Path) -> None:
    file = tmp_path / firewall.UNIT
    file.write_text(firewall.unit(FOLDER))
    done = subprocess.run(["systemd-analyze", "verify", file], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if str(tmp_path) in line and "not executable" not in line] == []
    assert firewall.unit_files(FOLDER, systemd=False) == {}


def test_it_has_the_same_commands_as_a_program() -> None:
    commands = process_commands.scripts(programs.node_exporter(FOLDER), FOLDER).keys()
    assert firewall.scripts(FOLDER, systemd=True).keys() == firewall.scripts(FOLDER, systemd=False).keys() == commands
