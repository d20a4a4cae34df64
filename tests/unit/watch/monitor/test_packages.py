"""Packages on a machine that the stack makes: their services are off before they come, and a mirror may not answer."""

import os
import subprocess
from pathlib import Path

import pytest

from components.watch.monitor import packages, process_commands, programs, units
from components.watch.monitor.folder import MonitoringFolder

ASKED = """#!/bin/sh
echo "$(basename "$0") $*" >>"$ASKED"
case " $FAILS " in *" $(basename "$0") "*) echo "E: $(basename "$0") says no" >&2; exit 100 ;; esac
"""


class Machine:
    """A machine where the commands of packages only note what they are asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked = folder / "asked"
        self.commands = folder / "commands"
        self.commands.mkdir()
        for name in ("apt-get", "systemctl", "systemd-sysusers", "chown", "sleep", "cloud-init"):
            self.commands.joinpath(name).write_text(ASKED)
            self.commands.joinpath(name).chmod(0o755)

    def run(self, text: str, *, fails: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command; the programs in `fails` end with an error."""
        environment = {"PATH": f"{self.commands}:{os.environ['PATH']}", "ASKED": str(self.asked), "FAILS": fails}
        return subprocess.run(
            ["sh", "-c", text], env=environment, capture_output=True, text=True, check=False, timeout=60
        )

    @property
    def lines(self) -> list[str]:
        """Return what the programs were asked, in order."""
        return self.asked.read_text().splitlines()


@pytest.fixture
def host(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def scripts(host: Machine, programs_: tuple[str, ...] = packages.MONITOR_PROGRAMS) -> dict[str, str]:
    return dict(packages.scripts(programs_, MonitoringFolder(str(host.folder))))


def test_the_commands_are_those_of_a_program() -> None:
    folder = MonitoringFolder("/srv")
    other = units.scripts(programs.node_exporter(folder), folder)
    assert packages.scripts(packages.NODE_PROGRAMS, folder).keys() == other.keys()


def test_the_programs_are_where_the_units_start_them() -> None:
    folder = MonitoringFolder("/srv")
    started = [
        programs.prometheus(folder, address=programs.ANY, retention_days=1),
        programs.alertmanager(folder, address=programs.ANY, retention_days=1),
        programs.node_exporter(folder),
    ]
    needed = {word for one in started for word in (one.command[0], *(f"/usr/bin/{name}" for name in one.check[:1]))}
    assert needed == {f"/usr/bin/{name}" for name in packages.MONITOR_PROGRAMS}
    exporter = programs.exporter(folder, node="a", user=None, every=15)
    on_node = {programs.node_exporter(folder).command[0], exporter.command[0]}
    assert on_node == {f"/usr/bin/{name}" for name in packages.NODE_PROGRAMS}


def test_own_services_are_masked_before_a_package_comes(host: Machine) -> None:
    found = scripts(host)
    assert host.run(found["prepare"]).returncode == host.run(found["start"]).returncode == 0
    listed = (
        "prometheus.service prometheus-alertmanager.service prometheus-node-exporter.service "
        "apt-daily.timer apt-daily-upgrade.timer"
    )
    assert host.lines[:3] == [f"systemctl mask {listed}", f"systemctl stop {listed}", "systemd-sysusers -"]
    last = host.lines[-1]
    assert last.startswith("apt-get -q -y ")
    assert last.endswith(" install --no-install-recommends prometheus prometheus-alertmanager prometheus-node-exporter")
    assert host.lines[-2].endswith(" update")


def test_a_service_that_stays_on_is_told_and_nothing_is_installed(host: Machine) -> None:
    done = host.run(scripts(host)["prepare"], fails="systemctl")
    assert done.returncode == 1
    assert "E: systemctl says no" in done.stderr


def test_a_mirror_that_does_not_answer_is_asked_three_times_and_named(host: Machine) -> None:
    done = host.run(scripts(host)["start"], fails="apt-get")
    assert done.returncode == 1
    assert done.stderr == "E: apt-get says no\n"
    assert [line.split()[0] for line in host.lines] == ["cloud-init", *["apt-get", "sleep"] * 2, "apt-get"]


def test_an_image_without_apt_is_told_what_it_has_to_have(host: Machine) -> None:
    names = ("mktemp", "tail", "sh")
    links = host.folder / "links"
    links.mkdir()
    for name in names:
        links.joinpath(name).symlink_to(f"/usr/bin/{name}")
    start = scripts(host, packages.NODE_PROGRAMS)["start"]
    done = subprocess.run(
        ["/bin/sh", "-c", start], env={"PATH": str(links)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "no apt-get" in done.stderr
    assert "prometheus-node-exporter python3" in done.stderr


def test_a_disk_of_a_former_machine_belongs_to_the_user_of_this_one(host: Machine) -> None:
    """An image may count its users differently."""
    data, secrets = (host.folder / "monitoring" / name for name in ("prometheus-data", "alertmanager/secrets"))
    for folder in (data, secrets):
        folder.mkdir(parents=True)
    (secrets / "slack-url").write_text("x")
    (secrets / "slack-url").chmod(0o600)
    (secrets / "open").write_text("x")
    host.commands.joinpath("find").write_text('#!/bin/sh\nprintf \'find %s\\n\' "$*" >>"$ASKED"\n')
    host.commands.joinpath("find").chmod(0o755)
    assert host.run(scripts(host)["prepare"]).returncode == 0
    changed, looked = host.lines[-2:]
    assert changed == f"chown -Rh prometheus: {data}"
    assert looked.startswith(f"find {host.folder}/monitoring/alertmanager -type f -perm 0600 ! -user prometheus -exec ")


@pytest.mark.parametrize(("name", "there"), [("env", True), ("no-such-program", False)])
def test_it_runs_where_all_programs_are(host: Machine, name: str, *, there: bool) -> None:
    done = host.run(scripts(host, ("sh", name))["running"])
    assert (done.returncode, done.stdout) == (0, f"{process_commands.RUNNING}\n" if there else "")
