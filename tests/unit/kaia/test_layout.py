"""Where a node's files are, and the commands of its life, run by a real shell."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from components.domain.kni import bridge_kni
from components.kaia.layout import Layout, install, json_list, main_bridges, scripts
from components.kaia.package import Package

KNI = bridge_kni("ab" * 64, "10.0.0.7")
ADDRESS = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


def layout(root: str = "/srv") -> Layout:
    return Layout(root, Package("kscn", Path("/somewhere/kscn-v1.0.3-linux-amd64.tar.gz")))


def shell(command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-c", command], input=stdin, capture_output=True, text=True, check=False)


def fake_program(place: Layout, script: str) -> Path:
    """Put a script in the place of the node's program, and return a file it may write to."""
    program = Path(place.home) / "bin" / "kscn"
    program.parent.mkdir(parents=True)
    calls = Path(place.root) / "calls"
    program.write_text(f'#!/bin/sh\necho "$@" >>{calls}\n{script}\n')
    program.chmod(0o755)
    return calls


def test_paths_are_those_of_the_source_document_and_the_node() -> None:
    at = layout()
    assert at.conf == "/srv/kscn-linux-amd64/conf/kscnd.conf"
    assert at.daemon == "/srv/kscn-linux-amd64/bin/kscnd"
    assert at.binary == "/srv/kscn-linux-amd64/bin/kscn"
    assert at.archive == "/srv/kscn-v1.0.3-linux-amd64.tar.gz"
    assert at.unit_file == "/etc/systemd/system/kscnd.service"
    assert at.main_bridges == "/srv/data/main-bridges.json"
    assert at.static_nodes == "/srv/data/static-nodes.json"
    assert at.node_key == "/srv/data/klay/nodekey"
    assert at.ipc == "/srv/data/klay.ipc"


@pytest.mark.parametrize("chain", ["parent", "child"])
def test_an_operator_has_one_folder_and_a_password_file_named_by_the_checksummed_address(chain: str) -> None:
    files = layout().operator(chain, ADDRESS)
    assert files.password == f"/srv/data/{chain}_bridge_account/{ADDRESS}"
    assert Path(files.keystore).parent == Path(files.password).parent
    assert files.keystore != files.password


def test_main_bridges_is_a_json_array_with_exactly_one_kni() -> None:
    assert json.loads(main_bridges(KNI)) == [f"kni://{'ab' * 64}@10.0.0.7:50505?discport=0"]
    assert main_bridges(KNI).endswith("]\n")


@pytest.mark.parametrize("items", [[], [KNI], [KNI, 'with "quotes"']])
def test_static_nodes_is_a_json_array(items: list[str]) -> None:
    assert json.loads(json_list(items)) == items


@pytest.mark.parametrize("mode", ["0600", "0644"])
def test_a_file_is_written_from_standard_input_with_its_mode(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "data" / "klay" / "nodekey"
    secret = "$(no `command` 'runs')\n\"here\" \\"
    done = shell(install(str(path), mode), secret)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert path.read_text() == secret  # no newline more: the node takes passwords verbatim
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


def test_a_link_is_no_identical_file(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("same")
    (tmp_path / "target").chmod(0o600)
    (tmp_path / "file").symlink_to("target")
    assert shell(install(str(tmp_path / "file"), "0600"), "same").returncode == 0
    assert not (tmp_path / "file").is_symlink()


def test_a_file_that_is_written_again_is_never_seen_half() -> None:
    command = install("/srv/data/x", "0600")
    assert command.index("cat >/srv/data/x.new") < command.index("chmod 0600") < command.index("mv /srv/data/x.new")


def test_a_file_of_the_service_user_is_written_by_that_user(tmp_path: Path) -> None:
    """Not by root: the user could put a link to anything in the way, in a folder of its own."""
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


@pytest.mark.parametrize("program", ["ken", "kscn", "kcn"])
@pytest.mark.parametrize("name", ["unpack", "init", "start"])
@pytest.mark.parametrize("language", ["bash", "sh"])
def test_the_commands_are_good_shell(program: str, name: str, language: str) -> None:
    command = scripts(Layout("/srv", Package(program, Path(f"{program}.tar.gz"))))[name]
    done = subprocess.run([language, "-n"], input=command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"/srv/{program}" in command


def test_a_chain_is_begun_once(tmp_path: Path) -> None:
    at = layout(str(tmp_path))
    calls = fake_program(at, f"mkdir -p {at.data}/klay/chaindata")
    init = scripts(at)["init"]
    assert [shell(init).returncode for _ in range(2)] == [0, 0]
    assert calls.read_text() == f"init --datadir {tmp_path}/data {tmp_path}/genesis.json\n"


def test_a_chain_that_cannot_be_begun_says_why(tmp_path: Path) -> None:
    at = layout(str(tmp_path))
    fake_program(at, "echo Fatal: bad genesis; exit 3")
    done = shell(scripts(at)["init"])
    assert (done.returncode, done.stderr) == (1, "Fatal: bad genesis\n")


def test_an_archive_is_unpacked_and_removed(tmp_path: Path) -> None:
    at = layout(str(tmp_path))
    (tmp_path / "kscn-linux-amd64").mkdir()
    (tmp_path / "kscn-linux-amd64" / "it").write_text("here")
    packed = tmp_path / "kscn-v1.0.3-linux-amd64.tar.gz"
    subprocess.run(["tar", "-czf", packed, "-C", tmp_path, "kscn-linux-amd64"], check=True)
    (tmp_path / "kscn-linux-amd64" / "it").unlink()
    assert shell(scripts(at)["unpack"]).returncode == 0
    assert (tmp_path / "kscn-linux-amd64" / "it").read_text() == "here"
    assert not packed.exists()
