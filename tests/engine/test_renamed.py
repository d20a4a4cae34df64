"""A resource that gets another name, under the real engine: what the new one has is not undone as that of the old."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pulumi import automation

from tests.engine.renaming import Line
from tests.stack import ROOT


def begun(tmp_path: Path) -> automation.Stack:
    """Return a stack of nothing, whose provider finds this checkout."""
    env = {"PULUMI_CONFIG_PASSPHRASE": "x", "PULUMI_BACKEND_URL": tmp_path.as_uri(), "PYTHONPATH": str(ROOT)}
    return automation.create_stack(
        "renamed",
        project_name="renamed",
        program=lambda: None,
        opts=automation.LocalWorkspaceOptions(
            work_dir=str(tmp_path), project_settings=automation.ProjectSettings("renamed", "python"), env_vars=env
        ),
    )


def up(stack: automation.Stack, log: Path, lines: Mapping[str, str]) -> list[str]:
    """Have resources of these names stand for these lines; return what was done, in order."""

    def program() -> None:
        for name, line in lines.items():
            Line(name, {"file": str(log), "line": line})

    log.write_text("")
    stack.workspace.program = program
    stack.up(color="never")
    return done(log)


def done(log: Path) -> list[str]:
    """Return what the provider did, all of it in one process."""
    found = [line.split() for line in log.read_text().splitlines()]
    assert len({pid for pid, _ in found}) <= 1, "creates and removals of a run are in one process"
    return [what for _, what in found]


def test_what_gets_another_name_is_not_undone(tmp_path: Path) -> None:
    stack, log = begun(tmp_path), tmp_path / "log"
    assert up(stack, log, {"one": "a", "two": "b"}) in (["+a", "+b"], ["+b", "+a"])
    assert up(stack, log, {"uno": "a", "two": "b"}) == ["+a"]
    assert up(stack, log, {"uno": "a"}) == ["-b"], "what nobody has is undone"
    assert up(stack, log, {"uno": "c"}) == ["-a", "+c"]
    log.write_text("")
    stack.destroy()
    assert done(log) == ["-c"]


@pytest.mark.parametrize("lines", [{"one": "b", "two": "a"}, {"two": "a", "one": "b"}])
def test_what_exchanges_names_is_there_at_the_end(tmp_path: Path, lines: dict[str, str]) -> None:
    stack, log = begun(tmp_path), tmp_path / "log"
    up(stack, log, {"one": "a", "two": "b"})
    what = up(stack, log, lines)
    for line in ("a", "b"):
        assert [one for one in what if one.endswith(line)][-1] == f"+{line}"
