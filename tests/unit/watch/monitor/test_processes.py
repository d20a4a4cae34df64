"""The commands and units of the programs: valid, and with no more rights than they need."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.watch.monitor import packages, process_commands, programs, units
from components.watch.monitor.folder import MonitoringFolder
from components.watch.monitor.programs import Watcher

MOST_EXPOSED = 7.5
"""Highest accepted exposure level of `systemd-analyze security`, out of 10."""


def watchers(root: str = "/srv") -> dict[str, Watcher]:
    folder = MonitoringFolder(root)
    found = [
        programs.node_exporter(folder),
        programs.exporter(folder, node="scn-1", user="kaia", every=15, textfiles="/var/lib/it's"),
        programs.prometheus(folder, address=programs.ANY, retention_days=30),
        programs.alertmanager(folder, address="127.0.0.1", retention_days=30),
    ]
    return {one.service: one for one in found}


def texts() -> Iterator[tuple[str, str]]:
    for root in ("/srv", "/it's/$(srv)"):
        for name, watcher in watchers(root).items():
            for kind, text in process_commands.scripts(watcher, MonitoringFolder(root)).items():
                yield f"daemon, {root}: {name}, {kind}", text
    for name, listed in (("node", packages.NODE_PROGRAMS), ("monitor", packages.MONITOR_PROGRAMS)):
        for kind, text in packages.scripts(listed, MonitoringFolder("/it's/$(srv)")).items():
            yield f"packages of a {name}, {kind}", text
    for name, watcher in watchers().items():
        for kind, text in units.scripts(watcher, MonitoringFolder("/srv")).items():
            yield f"systemd: {name}, {kind}", text


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed; it is a Debian package")
@pytest.mark.parametrize("text", dict(texts()).values(), ids=dict(texts()).keys())
def test_shellcheck_finds_nothing(text: str) -> None:
    # SC2016: hostile texts in single quotes. SC2015: what follows || is meant for both.
    words = ["shellcheck", "--shell=sh", "--exclude=SC2016,SC2015", "-"]
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_both_kinds_of_services_have_the_same_commands() -> None:
    for watcher in watchers().values():
        folder = MonitoringFolder("/srv")
        assert process_commands.scripts(watcher, folder).keys() == units.scripts(watcher, folder).keys()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("service", ["node-exporter", "exporter", "prometheus", "alertmanager"])
def test_systemd_takes_the_units(service: str, tmp_path: Path) -> None:
    found = units.files(watchers()[service])
    files: list[Path] = []
    for path, text in found.items():
        files.append(tmp_path / Path(path).name)
        files[-1].write_text(re.sub(r"^User=kaia$", "User=root", text, flags=re.MULTILINE))
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if str(tmp_path) in line]) == (0, [])
    limit = f"--threshold={MOST_EXPOSED * 10:.0f}"
    words = ["systemd-analyze", "security", "--offline=true", limit, str(files[0])]
    exposed = subprocess.run(words, capture_output=True, text=True, check=False)
    assert exposed.returncode == 0, exposed.stdout[-300:]


def test_only_the_exporter_has_a_timer() -> None:
    kinds = {name: units.unit_of(watcher).rpartition(".")[2] for name, watcher in watchers().items()}
    assert kinds == {
        "node-exporter": "service",
        "exporter": "timer",
        "prometheus": "service",
        "alertmanager": "service",
    }
    timer = units.files(watchers()["exporter"])["/etc/systemd/system/servicechain-ha-exporter.timer"]
    assert "OnUnitActiveSec=15\n" in timer


def test_none_of_them_is_root_and_only_two_take_signals_to_read_again() -> None:
    for name, watcher in watchers().items():
        service = next(iter(units.files(watcher).values()))
        assert ("User=kaia\n" if name == "exporter" else "User=prometheus\n") in service
        assert watcher.reloads == (name in {"prometheus", "alertmanager"})
        assert ("ExecReload=" in service) == watcher.reloads
    without_signal = process_commands.scripts(watchers()["exporter"], MonitoringFolder("/srv"))["reload"]
    assert "kill" not in without_signal


def test_the_monitor_opens_no_other_ports() -> None:
    listening = {
        word
        for watcher in watchers().values()
        for word in watcher.command
        if re.search(r"listen-address|cluster", word)
    }
    assert listening == {
        "--web.listen-address=0.0.0.0:9100",
        "--web.listen-address=0.0.0.0:9090",
        "--web.listen-address=127.0.0.1:9093",
        "--cluster.listen-address=",
    }
