"""Which nodes an upgrade changes, by a state of version 1, and whether they run what the settings name after it."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.domain.problems.operations.state import STACK_NOT_UP
from components.domain.problems.packages import OTHER_VERSION_RUNS, PACKAGE_UNUSABLE
from components.domain.problems.settings import MISSING_KEY
from components.settings.sentences import NAMESPACE
from components.stack.load import settings_of
from tests.state.deployment import Held, read
from tests.state.stacks import AWS, PASSPHRASE, STACKS, path_of
from toolchain.ops import upgrade
from toolchain.ops.upgrade import Node, Refused, Seen, changes, judge, nodes, packages, require_right, running

NEWER = {"url": "https://archives.test/kscn-v2.2.2.tar.gz", "sha256": "cd" * 32}
TOLD = "Klaytn/v1.0.3/linux-amd64/go1.22.1"


def export(stack: str = "aws", **changed: object) -> dict[str, Any]:
    """Return what Pulumi exports; `changed` are outputs of the UpdatedNode of scn-1."""
    resources = [
        {"urn": one.urn, "type": one.type, "outputs": {**one.outputs, **(changed if _is_updated(one) else {})}}
        for one in read(path_of(stack), PASSPHRASE)
    ]
    return {"deployment": {"resources": resources}}


def _is_updated(held: Held) -> bool:
    return held.type.endswith(":UpdatedNode") and held.name == "scn-1"


def config(settings: Any) -> dict[str, str]:
    """Return the settings as Pulumi passes them."""
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in settings.items()}
    return {f"{NAMESPACE}:{key}": text for key, text in texts.items()}


def wanted(**archives: object) -> upgrade.Packages:
    return packages(settings_of(config({**AWS, "packages": {**AWS["packages"], **archives}})))


def test_a_state_has_what_the_settings_of_its_up_name() -> None:
    assert changes(nodes(export()), wanted()) == []


def test_another_version_is_told_of_each_node_that_gets_it() -> None:
    assert changes(nodes(export()), wanted(kscn=NEWER)) == ["scn-1: v1.0.3 -> v2.2.2"]
    both = wanted(kscn=NEWER, ken={**NEWER, "version": "v2.2.3"})
    assert changes(nodes(export()), both) == ["alpha-en: v2.2.1 -> v2.2.3", "scn-1: v1.0.3 -> v2.2.2"]


def test_another_archive_of_the_same_version_is_a_change_too() -> None:
    (line,) = changes(nodes(export()), wanted(kscn={**NEWER, "version": "v1.0.3"}))
    assert line.startswith("scn-1: v1.0.3 -> ")


def test_a_restart_that_an_ended_run_left_is_a_change_too() -> None:
    (line,) = changes(nodes(export(runs="former")), wanted())
    assert line.startswith("scn-1: v1.0.3, ")


def test_a_node_that_comes_or_goes_is_no_upgrade() -> None:
    settings = settings_of(config({**AWS, "serviceChain": {"chainId": 3001, "nodes": ["scn-1", "scn-2"]}}))
    assert changes(nodes(export()), packages(settings)) == []
    assert changes(nodes(export()), {}) == []


def test_existing_nodes_are_left_to_their_owners() -> None:
    settings = settings_of(config(STACKS["existing"]))
    assert [node.name for node in nodes(export("existing"))] == ["scn-1"]
    assert packages(settings).keys() == {"scn-1"}


def test_a_stack_without_nodes_is_not_upgraded() -> None:
    with pytest.raises(Refused, match=STACK_NOT_UP.code):
        nodes({"deployment": None})


def scn(**changed: object) -> Node:
    return next(node for node in nodes(export("aws", **changed)) if node.name == "scn-1")


def never() -> str | None:
    raise AssertionError


@pytest.mark.parametrize(
    ("told", "version", "on_disk", "right"),
    [
        (TOLD, "v1.0.3", never, True),
        (TOLD, "v1.0.4", lambda: "Klaytn v1.0.3", True),  # the archive has a wrong name, of which the up warns
        (TOLD, "v1.0.4", lambda: "Klaytn v1.0.4", False),
        (TOLD, "v1.0.4", lambda: None, False),
        ("", "v1.0.3", never, False),
        (None, "v1.0.3", never, False),
    ],
)
def test_a_node_is_right_if_it_runs_its_package(
    told: str | None, version: str, on_disk: Callable[[], str | None], *, right: bool
) -> None:
    package = wanted(kscn={**AWS["packages"]["kscn"], "version": version})["scn-1"]
    seen = judge(scn(package_version=version), package, told, on_disk)
    assert (seen.node, seen.right) == ("scn-1", right)
    assert ("v1.0.3" in seen.words) == bool(told)


def test_a_node_that_the_run_left_out_is_not_right() -> None:
    assert not judge(scn(), wanted(kscn=NEWER)["scn-1"], TOLD, never).right
    assert not judge(scn(runs="former"), wanted()["scn-1"], TOLD, never).right


def test_all_nodes_that_are_not_right_are_named() -> None:
    found, packages = nodes(export()), wanted()
    seen = running(found, packages, lambda node, _: Seen(node.name, "", right=node.name == "alpha-en"))
    assert [one.node for one in seen] == [node.name for node in found]
    with pytest.raises(Refused, match=rf"^scn-1: .*{OTHER_VERSION_RUNS.code}"):
        require_right(seen)
    require_right([one for one in seen if one.right])
    assert running(found, {}) == []


def answer(question: str, settings: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Ask as toolchain/stack does."""
    file = folder / "config"
    values = {key: {"value": value, "secret": False} for key, value in config(settings).items()}
    file.write_text(json.dumps(values))
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(export())))
    return upgrade.main(question, str(file))


def test_what_changes_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer("changes", AWS, tmp_path, monkeypatch) == 0
    assert capsys.readouterr().out.strip() == ""
    newer = {**AWS, "packages": {**AWS["packages"], "kscn": NEWER}}
    assert answer("changes", newer, tmp_path, monkeypatch) == 0
    assert capsys.readouterr().out == "scn-1: v1.0.3 -> v2.2.2\n"


def test_bad_settings_and_archives_are_told_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer("changes", {}, tmp_path, monkeypatch) == 1
    assert MISSING_KEY.code in capsys.readouterr().err
    gone = {**AWS["packages"]["kscn"], "file": str(tmp_path / "kscn-v1.0.3.tar.gz")}
    del gone["url"]
    assert answer("changes", {**AWS, "packages": {**AWS["packages"], "kscn": gone}}, tmp_path, monkeypatch) == 1
    assert PACKAGE_UNUSABLE.code in capsys.readouterr().err
