"""The files of a node that exists already, changed by the commands that go to its machine; here they run here."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from components.adoption import commands, host_files, main_bridges
from components.adoption.commands import NodePlace
from components.adoption.host_files import UnusableFiles
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.nodes import CONF_BROKEN, CONF_OF_OTHER_NODE, CONF_OVERRULED

NODE = Endpoint(host="192.0.2.1", private_key="k", host_key="h", node="scn-2", ipc="/i")
KEYS = {"SC_SUB_BRIDGE": "1", "SC_ANCHORING": "1"}
CONF = "SC_SUB_BRIDGE=0 # caf\udce9\nPORT=22323\nDATA_DIR={data}\n"
KNI = f"kni://{'ab' * 64}@10.0.0.5:50505?discport=0"

FAKE_DAEMON = """\
#!/usr/bin/env bash
source "$(dirname "$0")/../conf/kscnd.conf"
case $1 in
start)
    [ ! -s "$DATA_DIR/kscnd.pid" ] || exit 0
    (python3 -c '
import socket, sys, time
socket.socket(socket.AF_UNIX).bind(sys.argv[1])
time.sleep(60)' "$DATA_DIR/klay.ipc" kscn &
    echo $! >"$DATA_DIR/kscnd.pid"
    wait) >/dev/null 2>&1 &
    while [ ! -s "$DATA_DIR/kscnd.pid" ]; do :; done
    echo "$SC_SUB_BRIDGE" >>"$DATA_DIR/starts"
    ;;
stop) kill -9 "$(cat "$DATA_DIR/kscnd.pid")" ;;
esac
"""
"""Its parent waits for the node, which is gone then once it has ended."""


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NodePlace]:
    """Yield a node in a folder, which commands that go to its machine are run on."""

    def run(_node: Endpoint, command: str, _timeout: float, stdin: str | None = None) -> str:
        done = subprocess.run(["sh", "-c", command], input=stdin or "", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    monkeypatch.setattr(host_files, "run_on_host", run)
    for folder in ("data/logs", "conf", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    text = CONF.format(data=tmp_path / "data")
    (tmp_path / "conf/kscnd.conf").write_bytes(text.encode(errors="surrogateescape"))
    (tmp_path / "bin/kscnd").write_text(FAKE_DAEMON)
    (tmp_path / "bin/kscnd").chmod(0o755)
    found = NodePlace(str(tmp_path / "data"), str(tmp_path / "conf/kscnd.conf"))
    yield found
    if (pid := tmp_path / "data/kscnd.pid").exists():
        subprocess.run(["kill", "-9", pid.read_text().strip()], check=False, capture_output=True)


def read(node: NodePlace, keys: Sequence[str] = tuple(KEYS)) -> host_files.FoundFiles:
    return host_files.read(NODE, node, keys)


def conf(node: NodePlace) -> str:
    return Path(node.conf).read_bytes().decode(errors="surrogateescape")


def folder(node: NodePlace) -> set[str]:
    root = Path(node.conf).parents[1]
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_what_is_set_is_there_with_a_copy_and_a_restart_due_and_all_goes_again(node: NodePlace) -> None:
    before, files = conf(node), folder(node)
    os.chmod(node.conf, 0o640)  # noqa: PTH101
    assert host_files.set_keys(NODE, node, read(node), KEYS)
    assert host_files.set_main_bridges(NODE, node, read(node), main_bridges.with_only(None, KNI, []))
    found = read(node)
    assert found.values.items() >= {"SC_SUB_BRIDGE": "1", "SC_ANCHORING": "1", "DATA_DIR": node.data}.items()
    assert main_bridges.knis(found.main_bridges) == [KNI]
    assert (found.conf_before, found.main_bridges_before, found.restart_due) == (before, "", True)
    assert Path(node.conf).stat().st_mode & 0o777 == 0o640
    assert not host_files.set_keys(NODE, node, found, KEYS)
    assert host_files.restore(NODE, node, found, KEYS)
    assert not host_files.restore(NODE, node, read(node), KEYS)
    host_files.forget(NODE, node)
    assert (conf(node), folder(node)) == (before, files)


def test_the_copy_is_of_what_was_there_first_even_after_a_run_that_was_cut_off(node: NodePlace) -> None:
    before = conf(node)
    host_files.set_keys(NODE, node, read(node), KEYS)
    host_files.set_keys(NODE, node, read(node), {**KEYS, "SC_ANCHORING": "0"})
    assert read(node).conf_before == before


def test_what_others_changed_since_stays(node: NodePlace) -> None:
    host_files.set_keys(NODE, node, read(node), KEYS)
    Path(node.conf).write_bytes(Path(node.conf).read_bytes().replace(b"22323", b"22400"))
    host_files.restore(NODE, node, read(node), KEYS)
    assert conf(node) == CONF.format(data=node.data).replace("22323", "22400")


def test_a_link_stays_a_link(node: NodePlace, tmp_path: Path) -> None:
    real = tmp_path / "real.conf"
    shutil.move(node.conf, real)
    Path(node.conf).symlink_to(real)
    host_files.set_keys(NODE, node, read(node), KEYS)
    assert Path(node.conf).is_symlink()
    assert "SC_SUB_BRIDGE=1" in real.read_text(errors="replace")


def test_the_conf_of_another_node_is_refused(node: NodePlace, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(UnusableFiles, match=rf"/data.*/other.*{CONF_OF_OTHER_NODE.code}"):
        read(NodePlace(str(tmp_path / "other"), node.conf))


def test_a_conf_that_bash_cannot_read_is_reported(node: NodePlace) -> None:
    Path(node.conf).write_text("exit 1\n")
    with pytest.raises(UnusableFiles, match=rf"^scn-2: {node.conf} on 192\.0\.2\.1: .*{CONF_BROKEN.code}"):
        read(node)


def test_a_conf_whose_keys_cannot_be_set_or_set_back_is_reported(node: NodePlace) -> None:
    host_files.set_keys(NODE, node, read(node), KEYS)
    with Path(f"{node.conf}.before-servicechain-ha").open("a") as file:
        file.write("readonly SC_SUB_BRIDGE=0\n")
    with pytest.raises(UnusableFiles, match=rf"^scn-2: .*SC_SUB_BRIDGE=1.*{CONF_OVERRULED.code}"):
        host_files.restore(NODE, node, read(node), KEYS)
    with Path(node.conf).open("a") as file:
        file.write("readonly SC_ANCHORING=0\n")
    with pytest.raises(UnusableFiles, match=rf"^scn-2: .*SC_ANCHORING=7.*{CONF_OVERRULED.code}"):
        host_files.set_keys(NODE, node, read(node), {"SC_ANCHORING": "7"})


def test_a_restart_stops_the_node_and_starts_it_with_what_its_conf_reports_now(node: NodePlace) -> None:
    run = ["sh", "-c", commands.restart(node)]
    subprocess.run(run, check=True, timeout=60)
    first = Path(node.data, "kscnd.pid").read_text()
    host_files.set_keys(NODE, node, read(node), KEYS)
    assert read(node).restart_due
    subprocess.run(run, check=True, timeout=60)
    assert Path(node.data, "kscnd.pid").read_text() != first
    assert not Path("/proc", first.strip()).exists() or Path("/proc", first.strip(), "cmdline").read_bytes() == b""
    assert Path(node.data, "starts").read_text() == "0\n1\n"
    assert not read(node).restart_due


def test_a_process_that_only_has_the_number_of_the_node_is_left_alone(node: NodePlace) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        Path(node.data, "kscnd.pid").write_text(f"{stranger.pid}\n")
        subprocess.run(["sh", "-c", commands.restart(node)], check=True, timeout=60)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_node_that_something_else_started_is_left_alone(node: NodePlace) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(node.ipc)
        other.listen()
        done = subprocess.run(["sh", "-c", commands.restart(node)], check=False, capture_output=True, text=True)
        assert (done.returncode, Path(node.ipc).exists()) == (1, True)
    assert "was not started by" in done.stderr


def test_a_command_of_the_user_restarts_it(node: NodePlace) -> None:
    own = NodePlace(node.data, node.conf, f"{node.daemon} start")
    subprocess.run(["sh", "-c", commands.restart(own)], check=True, timeout=60)
    assert Path(node.data, "starts").read_text() == "0\n"
    failing = NodePlace(node.data, node.conf, "false")
    assert subprocess.run(["sh", "-c", commands.restart(failing)], check=False).returncode == 1


@pytest.mark.parametrize(
    ("path", "daemon"),
    [
        ("/opt/kscn-linux-amd64/conf/kscnd.conf", "/opt/kscn-linux-amd64/bin/kscnd"),
        ("/etc/kend/conf/kend.conf", "/etc/init.d/kend"),
        ("/etc/kend/conf/kscnd.conf", "/etc/kend/bin/kscnd"),
    ],
)
def test_the_daemon_script_follows_from_the_conf(path: str, daemon: str) -> None:
    assert NodePlace("/data", path).daemon == daemon


@pytest.mark.parametrize(
    ("text", "connected", "kept"),
    [
        (f'["{KNI}"]', [], True),
        (f'[ "{KNI.split("?")[0]}" ]\n', [], True),
        (f'["{KNI.replace("10.0.0.5", "en.example.org")}"]', ["ab" * 64], True),
        (f'["{KNI.replace("10.0.0.5", "en.example.org")}"]', [], False),
        (f'["{KNI}", "{KNI.replace("ab", "cd")}"]', ["ab" * 64], False),
        (f'["{KNI.replace("ab", "cd")}"]', ["cd" * 64], False),
        ("[]", [], False),
        ("{", [], False),
        (None, [], False),
    ],
)
def test_an_en_that_is_the_right_one_or_works_is_left_in_the_list(
    text: str | None, connected: list[str], *, kept: bool
) -> None:
    settled = main_bridges.with_only(text, KNI, connected)
    assert (settled == text) == kept
    assert kept or main_bridges.knis(settled) == [KNI]


@pytest.mark.parametrize("line", ["PORT=(", "if true; then", "exit"])
def test_a_conf_that_bash_cannot_source_is_named(node: NodePlace, line: str) -> None:
    """Bash continues with what stands above the mistake, so it once passed for a conf without the keys below."""
    with Path(node.conf).open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(UnusableFiles, match=f"{node.conf}.*{CONF_BROKEN.code}"):
        read(node)


@pytest.mark.parametrize(("path", "ours"), [("{}/", True), ("{}/../data", True), ("data", False), ("'~/data'", False)])
def test_data_dir_is_compared_as_a_path(node: NodePlace, path: str, *, ours: bool) -> None:
    with Path(node.conf).open("a") as file:
        file.write(f"DATA_DIR={path.format(node.data)}\n")
    if ours:
        assert read(node).values["DATA_DIR"]
    else:
        with pytest.raises(UnusableFiles, match=f"DATA_DIR={node.data} .*{CONF_OF_OTHER_NODE.code}"):
            read(node)
