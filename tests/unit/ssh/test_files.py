"""Files compared with what was written: what a shell prints of real files, and a phrase for each difference."""

import hashlib
import os
import pwd
import subprocess
from pathlib import Path

import pytest

from components.ssh.files import FoundFile, WrittenFile, difference, differences, look, parse

DIGEST, OTHER = "ab" * 32, "cd" * 32
ME = pwd.getpwuid(os.getuid()).pw_name


def written(*, restarts: bool = True) -> WrittenFile:
    return WrittenFile(path="/srv/data/it's", digest=DIGEST, mode="0600", owner="root", restarts=restarts)


def found(digest: str = DIGEST, mode: str = "600", owner: str = "root", *, newer: bool = False) -> FoundFile:
    return FoundFile(digest, mode, owner, newer)


@pytest.mark.parametrize(
    ("there", "words"),
    [
        (found(), None),
        (None, "is missing"),
        (found(OTHER), "was edited: its content is not what was written"),
        (found(OTHER, "644", newer=True), "was edited: its content is not what was written"),
        (found(mode="644"), "has the mode 644, not 600"),
        (found(mode="4600"), "has the mode 4600, not 600"),
        (found(owner="kaia"), "belongs to kaia, not to root"),
        (found(mode="666", owner="kaia", newer=True), "has the mode 666, not 600 and belongs to kaia, not to root"),
        (found(newer=True), "was written again after the node had started, which may run something older"),
    ],
)
def test_each_difference_has_its_words(there: FoundFile | None, words: str | None) -> None:
    assert difference(written(), there) == words


def test_what_a_node_does_not_read_at_its_start_may_be_newer() -> None:
    assert difference(written(restarts=False), found(newer=True)) is None


def test_only_what_differs_is_reported_by_its_path() -> None:
    files = {"nodekey": written(), "conf": written(), "genesis.json": written()}
    assert differences(files, [found(), None, found()]) == {"conf": "/srv/data/it's is missing"}


def test_no_digest_is_shown() -> None:
    assert DIGEST not in repr(written())


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_shell_reports_what_is_there(tmp_path: Path, shell: str) -> None:
    socket, old, new = tmp_path / "klay.ipc", tmp_path / "an old one's", tmp_path / "new"
    for path, age in ((old, 100), (socket, 200), (new, 300)):
        path.write_text("text\n")
        path.chmod(0o640)
        os.utime(path, (age, age))
    (tmp_path / "link").symlink_to(old)
    paths = [str(tmp_path / name) for name in (old.name, "new", "link", "none", ".")]
    digest = hashlib.sha256(b"text\n").hexdigest()
    first = FoundFile(digest, "640", ME, newer=False)
    second = FoundFile(digest, "640", ME, newer=True)
    assert tell(shell, paths, socket) == [first, second, None, None, None]
    socket.unlink()
    assert tell(shell, paths, socket)[:2] == [first, first], "a node that does not run has read nothing"


def tell(shell: str, paths: list[str], since: Path) -> list[FoundFile | None]:
    done = subprocess.run([shell, "-c", look(paths, str(since))], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return parse(done.stdout)
