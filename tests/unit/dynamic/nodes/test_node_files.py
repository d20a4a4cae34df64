"""Watched files in the state: who gets a token, who keeps one, and what is not known is left as it was."""

from typing import Any

import pytest

from components.domain.problems.hosts import HOST_SILENT
from components.domain.problems.nodes import FILE_CHANGED, STATE_UNKNOWN
from components.dynamic.base import Props
from components.dynamic.nodes import node_files
from components.dynamic.nodes.node_files import NodeFiles, NodeFilesProvider
from components.ssh.errors import NoAnswer
from components.ssh.files import FoundFile
from tests.life import Life

LOGIN = {"host": "10.0.0.1", "private_key": "hush", "host_key": "h"}
FILES: dict[str, Props] = {
    name: {"path": f"/srv/{name}", "digest": digest * 32, "mode": "0644", "owner": "root", "restarts": restarts}
    for name, digest, restarts in (("conf", "ab", True), ("genesis.json", "cd", False))
}
PROGRAM: Props = {"node": "scn-1", "login": LOGIN, "ipc": "/srv/klay.ipc", "files": FILES, "tokens": None}


class Host:
    """What is on it; `error` is raised instead when it is set."""

    def __init__(self) -> None:
        self.files: dict[str, FoundFile] = {
            f"/srv/{name}": FoundFile(file["digest"], "644", "root", newer=False) for name, file in FILES.items()
        }
        self.error: Exception | None = None

    def find(self, login: Any, paths: list[str], since: str) -> list[FoundFile | None]:
        """Look at these paths."""
        assert (login.host, since) == ("10.0.0.1", "/srv/klay.ipc")
        if self.error:
            raise self.error
        return [self.files.get(path) for path in paths]


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Host:
    host = Host()
    monkeypatch.setattr(node_files, "find", host.find)
    return host


@pytest.fixture
def life() -> Life:
    life = Life(NodeFilesProvider(), NodeFiles)
    assert life.up(PROGRAM) == "create"
    return life


def test_at_first_nothing_has_drifted_and_the_host_is_not_asked(life: Life, host: Host) -> None:
    host.error = AssertionError("asked")
    assert life.outs["tokens"] == {}
    assert life.up(PROGRAM) == "same"


def test_drift_is_named_kept_until_it_is_mended_and_gives_a_token(
    life: Life, host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    there = host.files.pop("/srv/conf")
    for _ in range(2):  # a second refresh finds and says the same
        assert life.refresh()
        ((name, said),) = life.inputs["drift"].items()
        assert name == "conf"
        assert said.startswith("/srv/conf is missing; ")
        assert "restarts the node" in said
        assert said.endswith(f" [{FILE_CHANGED.code}]")
        assert capsys.readouterr().err == f"scn-1: {said}\n"
    host.files["/srv/conf"] = there
    assert life.up(PROGRAM) == "update"
    assert life.outs["tokens"] == {"conf": "1"}
    assert "drift" not in life.outs
    assert life.up(PROGRAM) == "same"
    assert life.refresh()
    assert life.up(PROGRAM) == "same", "a token stays"
    there = host.files.pop("/srv/genesis.json")
    life.refresh()
    said = capsys.readouterr().err
    assert said.startswith("scn-1: /srv/genesis.json is missing; ")
    assert "restarts the node" not in said
    assert FILE_CHANGED.code in said
    assert life.up(PROGRAM) == "update"
    assert life.outs["tokens"] == {"conf": "1", "genesis.json": "1"}
    host.files["/srv/genesis.json"] = there
    del host.files["/srv/conf"]
    life.refresh()
    assert life.up(PROGRAM) == "update"
    assert life.outs["tokens"] == {"conf": "2", "genesis.json": "1"}


def test_drift_that_somebody_else_mended_is_none(life: Life, host: Host) -> None:
    there = host.files.pop("/srv/conf")
    life.refresh()
    host.files["/srv/conf"] = there
    life.refresh()
    assert life.up(PROGRAM) == "same"
    assert life.outs["tokens"] == {}


def test_another_content_is_no_drift(life: Life, host: Host) -> None:
    wanted = {**FILES, "conf": {**FILES["conf"], "digest": "ef" * 32}}
    assert life.up({**PROGRAM, "files": wanted}) == "update"
    assert life.outs["tokens"] == {}
    host.files["/srv/conf"] = FoundFile("ef" * 32, "644", "root", newer=False)
    life.refresh()
    assert life.up({**PROGRAM, "files": wanted}) == "same"


@pytest.mark.parametrize("drifted", [False, True])
def test_of_a_host_that_does_not_answer_all_is_taken_to_be_as_it_was(
    life: Life, host: Host, capsys: pytest.CaptureFixture[str], *, drifted: bool
) -> None:
    if drifted:
        host.files.clear()
        life.refresh()
        capsys.readouterr()
    before = life.inputs
    host.error = NoAnswer(f"10.0.0.{1 + drifted}:22", "does not answer (10 s)")
    assert life.refresh()
    assert life.inputs == before
    said = capsys.readouterr().err
    assert said.startswith(f"scn-1: 10.0.0.{1 + drifted}:22 ")
    assert all(problem.code in said for problem in (HOST_SILENT, STATE_UNKNOWN))
    assert FILE_CHANGED.code not in said


def test_another_login_is_an_update_and_no_drift(life: Life) -> None:
    assert life.up({**PROGRAM, "login": {**LOGIN, "private_key": "rotated"}}) == "update"
    assert life.outs["tokens"] == {}
