"""The script that restores chain data, run here on folders that stand for a machine, with archives over HTTP."""

import fcntl
import getpass
import grp
import hashlib
import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from components.chain.rpc.waiting import wait_for
from components.dynamic.nodes.chaindata import SCRIPT, words

OWNER = f"{getpass.getuser()}:{grp.getgrgid(os.getgid()).gr_name}"
ENV = {**os.environ, "PATIENCE": "0.1"}


class Server(ThreadingHTTPServer):
    """Serves one archive, in parts where it is asked for parts."""

    def __init__(self, content: bytes) -> None:
        self.content, self.length = content, len(content)
        self.breaks_after: int | None = None
        """Bytes of one answer, before the connection is lost."""
        self.there = True
        self.ranges: list[int] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        """Return where the archive is."""
        return f"http://127.0.0.1:{self.server_port}/chaindata.tar.gz"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_HEAD(self) -> None:
        self._answer(0)

    def do_GET(self) -> None:
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        begin = int(found[1]) if found else 0
        self.server.ranges.append(begin)
        if self._answer(begin):
            rest = self.server.content[begin:]
            self.wfile.write(rest[: self.server.breaks_after])

    def _answer(self, begin: int) -> bool:
        self.send_response((206 if begin else 200) if self.server.there else 404)
        self.send_header("Content-Length", str(self.server.length - begin))
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{self.server.length - 1}/{self.server.length}")
        self.end_headers()
        return self.server.there

    def log_message(self, *_: object) -> None:
        pass


def packed(folder: Path, *names: str) -> bytes:
    """Return an archive with these files."""
    source = folder / "source"
    for name in names:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(os.urandom(20_000))
    subprocess.run(["tar", "-czf", folder / "packed", "-C", source, "."], check=True)
    return (folder / "packed").read_bytes()


class Machine:
    """A folder that stands for the machine of a node."""

    def __init__(self, folder: Path, archive: bytes) -> None:
        self.root = folder / "srv it's"
        self.root.mkdir()
        self.script = self.root / "chaindata.sh"
        self.sha256 = hashlib.sha256(archive).hexdigest()
        self.data = self.root / "data/klay/chaindata"
        self.tries = 3

    def ask(self, verb: str, source: str = "") -> str:
        """Run the script and return what it says: `state` without a file, the others from one, which they remove."""
        text = SCRIPT.read_text()
        from_file = verb != "state"
        if from_file:
            self.script.write_text(text)
        done = subprocess.run(
            [
                "sh",
                *([str(self.script)] if from_file else ["-s", "--"]),
                verb,
                str(self.root),
                self.sha256,
                OWNER,
                source or str(self.root / "chaindata.archive"),
            ],
            input=None if from_file else text,
            stdin=subprocess.DEVNULL if from_file else None,
            env={**ENV, "TRIES": str(self.tries)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.strip()

    def wait(self, source: str = "") -> str:
        """Begin, and return how it ends."""
        state = self.ask("begin", source)
        end = time.monotonic() + 60
        while state != "present" and not state.startswith("failed"):
            assert time.monotonic() < end, state
            time.sleep(0.05)
            state = self.ask("state", source)
        while state == "present" and self.script.exists():
            time.sleep(0.05)
        return state


@pytest.fixture
def archive(tmp_path: Path) -> bytes:
    return packed(tmp_path, "klay/chaindata/header/CURRENT", "klay/chaindata/body/000001.ldb")


@pytest.fixture
def server(archive: bytes) -> Iterator[Server]:
    server = Server(archive)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def machine(tmp_path: Path, archive: bytes) -> Machine:
    return Machine(tmp_path, archive)


def test_an_archive_is_fetched_checked_and_unpacked_and_nothing_else_stays(machine: Machine, server: Server) -> None:
    assert machine.wait(server.url) == "present"
    assert sorted(path.name for path in machine.data.iterdir()) == ["body", "header"]
    assert [path.name for path in machine.root.iterdir()] == ["data"]
    assert machine.data.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "names", [["chaindata/CURRENT"], ["a/klay/chaindata/body/CURRENT"], ["CURRENT"], ["header/CURRENT", "body/CURRENT"]]
)
def test_archives_of_other_layouts_are_taken_too(tmp_path: Path, names: list[str]) -> None:
    (tmp_path / "other").mkdir()
    content = packed(tmp_path / "other", *names)
    machine = Machine(tmp_path, content)
    (machine.root / "chaindata.archive").write_bytes(content)
    assert machine.wait() == "present"
    assert list(machine.data.rglob("CURRENT"))


@pytest.mark.parametrize("names", [["readme"], ["a/chaindata/CURRENT", "b/chaindata/CURRENT"], ["chaindata/x"]])
def test_an_archive_of_something_else_is_refused(tmp_path: Path, names: list[str]) -> None:
    (tmp_path / "other").mkdir()
    content = packed(tmp_path / "other", *names)
    machine = Machine(tmp_path, content)
    (machine.root / "chaindata.archive").write_bytes(content)
    assert machine.wait() in (
        "failed the archive holds no folder chaindata, or several",
        "failed what the archive holds as chaindata is no chain data",
    )
    assert not machine.data.exists()


def test_where_there_is_chain_data_nothing_is_done(machine: Machine, server: Server) -> None:
    machine.data.mkdir(parents=True)
    (machine.data / "CURRENT").write_text("mine")
    assert machine.ask("begin", server.url) == "present"
    assert server.ranges == []
    assert (machine.data / "CURRENT").read_text() == "mine"
    assert [path.name for path in machine.root.iterdir()] == ["data"]


def test_what_was_fetched_is_gone_on_with(machine: Machine, server: Server) -> None:
    server.breaks_after = 10_000
    assert machine.wait(server.url) == "present"
    assert server.ranges == list(range(0, len(server.content), 10_000))


def test_a_server_that_stays_away_is_told_and_the_next_run_goes_on(machine: Machine, server: Server) -> None:
    server.there = False
    assert machine.wait(server.url).startswith("failed the archive cannot be fetched: curl: (22)")
    server.there = True
    assert machine.wait(server.url) == "present"


def test_another_archive_is_thrown_away(machine: Machine, server: Server) -> None:
    machine.sha256 = "ab" * 32
    state = machine.wait(server.url)
    assert state == (
        f"failed the archive has the sha256 {hashlib.sha256(server.content).hexdigest()}, not {'ab' * 32}; it was "
        "thrown away"
    )
    assert not list(machine.root.glob("chaindata-restore/archive*"))


def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(machine: Machine, server: Server) -> None:
    server.length = 10**16
    state = machine.wait(server.url)
    assert state.startswith(f"failed the archive has {10**16} bytes and needs {24 * 10**15} on {machine.root}, where ")
    assert server.ranges == []


def test_it_goes_on_without_the_connection_and_says_how_far_it_is(machine: Machine, server: Server) -> None:
    server.breaks_after, machine.tries = 0, 1000
    assert machine.ask("begin", server.url) == "idle"
    wait_for(lambda: (state := machine.ask("state", server.url)) == f"fetching {server.length} 0" or state, 20)
    server.breaks_after = None
    assert machine.wait(server.url) == "present"


def test_two_that_begin_at_once_work_once(machine: Machine, server: Server) -> None:
    server.breaks_after, machine.tries = 0, 1000
    for _ in range(5):
        machine.ask("begin", server.url)
    server.breaks_after = None
    assert machine.wait(server.url) == "present"
    assert len(list(machine.data.iterdir())) == 2


@pytest.mark.parametrize("verb", ["begin", "work"])
def test_a_question_about_the_progress_does_not_stop_the_work(machine: Machine, server: Server, verb: str) -> None:
    """It holds the lock for a moment: on a busy machine just when the work starts."""
    work = machine.root / "chaindata-restore"
    work.mkdir()
    folder = os.open(work, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_SH)
    threading.Timer(0.5, os.close, [folder]).start()
    machine.ask(verb, server.url)
    wait_for(lambda: (state := machine.ask("state")) == "present" or state, 20)


@pytest.mark.parametrize(
    ("state", "rate", "told"),
    [
        ("fetching 1000000000000 250000000000", None, "fetching chain data: 250.0 of 1000.0 GB"),
        ("fetching 1000000000000 250000000000", 1e8, "fetching chain data: 250.0 of 1000.0 GB, about 125 min to go"),
        ("fetching 0 250000000000", 1e8, "fetching chain data: 250.0 GB"),
        ("unpacking 12", None, "unpacking chain data: 12 GB so far"),
        ("checking", None, "checking the archive of chain data"),
        ("idle", None, "checking the archive of chain data"),
    ],
)
def test_how_far_it_is_is_told_in_words(state: str, rate: float | None, told: str) -> None:
    assert words(state, rate) == told
