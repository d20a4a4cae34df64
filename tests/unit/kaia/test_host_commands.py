"""Commands that both kinds of service use, run by a real shell."""

import os
import subprocess
from pathlib import Path

import pytest

from components.kaia.host_commands import install, poll


def shell(command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-c", command], input=stdin, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("mode", ["0600", "0644"])
def test_a_file_is_written_from_standard_input_with_its_mode(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "data" / "klay" / "nodekey"
    secret = "$(no `command` 'runs')\n\"here\" \\"
    done = shell(install(str(path), mode), secret)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert path.read_text() == secret  # no newline added: the node takes passwords literally
    assert f"{path.stat().st_mode & 0o777:04o}" == mode
    assert f"{path.parent.stat().st_mode & 0o777:04o}" == "0700"
    assert [file.name for file in path.parent.iterdir()] == ["nodekey"]


@pytest.mark.parametrize(
    ("before", "mode", "kept"),
    [("same", 0o600, True), ("other", 0o600, False), ("same", 0o644, False), (None, 0, False)],
)
def test_an_identical_file_is_left_alone_with_its_time(
    tmp_path: Path, before: str | None, mode: int, *, kept: bool
) -> None:
    path = tmp_path / "nodekey"
    if before is not None:
        path.write_text(before)
        path.chmod(mode)
        os.utime(path, (1, 1))
    done = shell(install(str(path), "0600"), "same")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("same", 0o600)
    assert (path.stat().st_mtime == 1) is kept
    assert [file.name for file in tmp_path.iterdir()] == ["nodekey"]


def test_a_link_is_not_an_identical_file(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("same")
    (tmp_path / "target").chmod(0o600)
    (tmp_path / "file").symlink_to("target")
    assert shell(install(str(tmp_path / "file"), "0600"), "same").returncode == 0
    assert not (tmp_path / "file").is_symlink()


def test_a_file_is_never_seen_half_written() -> None:
    command = install("/srv/data/x", "0600")
    assert command.index("cat >/srv/data/x.new") < command.index("chmod 0600") < command.index("mv /srv/data/x.new")


def test_a_file_of_the_service_user_is_written_by_that_user(tmp_path: Path) -> None:
    """Not by root: in its own folder the user could place a link to any file."""
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    stub = stubs / "setpriv"
    stub.write_text(
        f'#!/bin/sh\necho "$@" >{tmp_path}/called\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"\n'
    )
    stub.chmod(0o755)
    path = tmp_path / "it's a $(folder)" / "nodekey"
    command = install(str(path), "0600", "kaia")
    done = subprocess.run(
        ["sh", "-c", f"PATH={stubs}:$PATH; {command}"], input="secret", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert path.read_text() == "secret"
    assert (tmp_path / "called").read_text().startswith("--reuid=kaia --regid=kaia --clear-groups --no-new-privs ")


def test_nothing_is_put_in_place_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    (tmp_path / "file.new").mkdir()
    assert shell(install(str(path), "0600"), "new").returncode != 0
    assert path.read_text() == "old"


def test_a_poll_ends_when_a_step_says_so() -> None:
    loop = poll(3, "echo tried", "break")
    assert shell(f"{loop}; echo done").stdout == "tried\ndone\n"
    assert shell(f"{poll(2, 'echo tried')}; echo done").stdout == "tried\ntried\ndone\n"


def test_a_poll_is_the_same_in_one_line_and_in_several() -> None:
    assert poll(2, "a || break") == "for _ in $(seq 2); do a || break; sleep 0.25; done"
    assert poll(2, "a || break", indent="  ").split("\n") == [
        "for _ in $(seq 2); do",
        "      a || break",
        "      sleep 0.25",
        "  done",
    ]
