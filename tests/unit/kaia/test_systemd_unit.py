"""The systemd unit of a node, checked by systemd's own tools."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.kaia.conf import endpoint_node, service_chain_node, validator
from components.kaia.flags import flags
from components.kaia.layout import Layout
from components.kaia.package import Package
from components.kaia.systemd_unit import command, render

MOST_EXPOSED = 1.2
"""Highest accepted exposure level of `systemd-analyze security`, out of 10. systemd 252 reports 1.2."""
CONFS = {
    "ken": endpoint_node(2020, "/srv/data"),
    "kscn": service_chain_node(3000, "/srv/data", None),
    "kcn": validator(2020, "/srv/data"),
}
PROGRAMS = pytest.mark.parametrize("program", CONFS)
NEEDS_SYSTEMD = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed; it comes with systemd"
)


def layout(program: str, root: str = "/srv") -> Layout:
    url = f"https://example.org/{program}.tar.gz"
    return Layout(root, Package(program, None, url, "ab" * 32, "v1.0.3"))


def unit(program: str, root: str = "/srv") -> str:
    return render(layout(program, root), "alpha-en", flags(program, CONFS[program]))


def analyze(folder: Path, program: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Let systemd verify the unit of a node whose binary exists."""
    at = layout(program, str(folder))
    Path(at.current.binary).parent.mkdir(parents=True)
    Path(at.current.binary).write_text("#!/bin/sh\n")
    Path(at.current.binary).chmod(0o755)
    file = folder / at.unit
    file.write_text(unit(program, str(folder)))
    return subprocess.run(["systemd-analyze", *words, file], capture_output=True, text=True, check=False)


@NEEDS_SYSTEMD
@PROGRAMS
def test_systemd_accepts_the_unit(tmp_path: Path, program: str) -> None:
    done = analyze(tmp_path, program, "verify", "--man=no", "--recursive-errors=no")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@NEEDS_SYSTEMD
@PROGRAMS
def test_a_node_may_do_little(tmp_path: Path, program: str) -> None:
    done = analyze(tmp_path, program, "security", "--offline=true", "--no-pager")
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= MOST_EXPOSED, done.stdout


def settings(text: str) -> dict[str, str]:
    """Return the settings of a unit; the last value of a repeated one."""
    whole = text.replace("\\\n", "")
    return dict(line.split("=", 1) for line in whole.splitlines() if "=" in line and not line.startswith("#"))


@PROGRAMS
def test_a_node_is_restarted_and_has_time_to_stop(program: str) -> None:
    said = settings(unit(program))
    expected = {
        "Restart": "always",
        "StartLimitIntervalSec": "0",
        "KillSignal": "SIGTERM",
        "TimeoutStopSec": "120",
        "RequiresMountsFor": "/srv",
        "ReadWritePaths": "/srv/data",
        "User": "kaia",
        "UMask": "0077",
        "WantedBy": "multi-user.target",
        "Description": f"Kaia {program} v1.0.3: alpha-en",
    }
    assert {key: said[key] for key in expected} == expected
    assert int(said["RestartSec"]) <= 5
    assert "ProcSubset" not in said  # the node reads /proc/meminfo


@PROGRAMS
def test_the_binary_runs_itself_with_its_flags(program: str) -> None:
    assert settings(unit(program))["ExecStart"].split() == [
        f"/srv/current/bin/{program}",
        *flags(program, CONFS[program]),
    ]


@pytest.mark.parametrize(
    ("argument", "written"),
    [
        ("klay,eth", "klay,eth"),
        ("100%", '"100%%"'),
        ("$HOME", '"$$HOME"'),
        ("${HOME}", '"$${HOME}"'),
        ("a b", '"a b"'),
        ("", '""'),
        (";", '";"'),
        ("*", '"*"'),
        ("'", '"\'"'),
        ('a"b', '"a\\"b"'),
        ("a\\", '"a\\\\"'),
    ],
)
def test_characters_that_are_special_in_systemd_are_escaped(argument: str, written: str) -> None:
    assert command("/bin/x", [argument]) == f"/bin/x {written}"


def test_each_flag_has_a_line_of_its_own() -> None:
    assert command("/bin/x", ["--rpc", "--port", "1"]) == "/bin/x \\\n    --rpc \\\n    --port 1"


@given(st.lists(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))).filter(str.isprintable), max_size=5))
def test_no_argument_can_expand_or_end_the_line(arguments: list[str]) -> None:
    line = command("/bin/x", arguments)
    assert not re.search(r"(?<!%)%(%%)*(?!%)", line)
    assert not re.search(r"(?<!\$)\$(\$\$)*(?!\$)", line)
    assert all(part.endswith(" \\") for part in line.splitlines()[:-1])


@pytest.mark.parametrize("argument", ["a\nUser=root", "\t", "\0", "\x7f", "a\r"])
def test_a_control_character_is_refused(argument: str) -> None:
    with pytest.raises(ValueError, match="has a control character"):
        command("/bin/x", [argument])
    with pytest.raises(ValueError, match="has a control character"):
        render(layout("ken"), argument, [])


@pytest.mark.parametrize("root", ["/s rv", "srv", "/s%h", '/s"', "/s\nUser=root"])
def test_a_path_that_would_need_quotes_is_refused(root: str) -> None:
    with pytest.raises(ValueError, match="cannot be written into a systemd unit"):
        render(layout("ken", root), "alpha-en", [])


def test_a_name_with_a_per_cent_is_shown_as_it_is() -> None:
    assert settings(render(layout("ken"), "100%", []))["Description"].endswith(": 100%%")
