"""A stack moves between the two command plugins: what one wrote is no change for the other, and no command runs again.

Both mark a connection, and the keys in it, as secrets. Version 1 of the offline plugin marked the connection alone.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.state.deployment import Passphrase, bare, marked, read, secret, write
from tests.state.engine import Engine, run, whole
from tests.state.plugin import CommandPlugin, command_plugin
from tests.state.stacks import LOCAL, PASSPHRASE, path_of

COMMANDS = "command:remote:"
KEYS = ("privateKey", "password", "privateKeyPassword")
"""What the official plugin marks inside a connection."""

Resource = dict[str, Any]
Marks = Callable[[Any], Any]


@pytest.fixture(scope="module")
def plugin() -> Iterator[CommandPlugin]:
    with command_plugin() as running:
        yield running


@pytest.fixture(scope="module")
def program() -> Engine:
    """Return what the program asks for today, on the state of version 1."""
    return run(LOCAL, read(path_of("local"), PASSPHRASE))


def with_keys(connection: Mapping[str, Any]) -> Any:
    """Return a connection, and the bastion in it, with the keys marked as secrets."""
    found = {name: secret(value) if name in KEYS else value for name, value in connection.items()}
    return {**found, "proxy": with_keys(found["proxy"])} if "proxy" in found else found


def everything(connection: Mapping[str, Any]) -> Any:
    return secret(with_keys(connection))


WRITTEN: Mapping[str, Marks] = {
    "by both": everything,
    "with the keys alone marked": with_keys,
    "by version 1 of the offline plugin": secret,
    "without marks": dict,
}
"""Connections in a state, by who wrote it."""


def exported(path: Path, program: Engine, marks: Marks) -> list[Resource]:
    """Write a stack as `pulumi stack export` does; return its commands and copies as the engine reads them again."""
    resources = [
        {**one, **{side: remarked(one[side], marks) for side in ("inputs", "outputs")}} if is_command(one) else one
        for one in whole(program)
    ]
    write(path, resources, PASSPHRASE)
    deployment = json.loads(path.read_text())["deployment"]
    decrypt = Passphrase.of(PASSPHRASE, deployment["secrets_providers"]["state"]["salt"]).decrypt
    return [marked(one, decrypt) for one in deployment["resources"] if is_command(one)]


def remarked(properties: Mapping[str, Any], marks: Marks) -> dict[str, Any]:
    return {**properties, "connection": marks(bare(properties["connection"]))}


def is_command(resource: Mapping[str, Any]) -> bool:
    return str(resource["type"]).startswith(COMMANDS)


def asked_for(program: Engine, plugin: CommandPlugin) -> dict[str, Any]:
    """Return the inputs of all commands and copies, as the plugin takes them from the program."""
    commands = [one for one in program.resources_of_state if is_command(one)]
    return {one["urn"]: plugin.checked(one["urn"], one["inputs"]) for one in commands}


def test_a_connection_and_the_keys_in_it_are_secrets(program: Engine, plugin: CommandPlugin) -> None:
    asked = asked_for(program, plugin)
    assert len(asked) > 20
    for urn, inputs in asked.items():
        assert inputs["connection"] == everything(bare(inputs["connection"])), urn


@pytest.mark.parametrize("written", WRITTEN)
def test_no_command_runs_again(written: str, tmp_path: Path, program: Engine, plugin: CommandPlugin) -> None:
    if written != "by both" and not plugin.is_offline:
        pytest.skip("the official plugin takes another mark for a change")
    asked = asked_for(program, plugin)
    held = exported(tmp_path / "stack.json", program, WRITTEN[written])
    assert {one["urn"] for one in held} == asked.keys()
    for one in held:
        assert plugin.changes(one["urn"], one["inputs"], asked[one["urn"]]) == [], one["urn"]


@pytest.mark.parametrize("written", WRITTEN)
def test_another_connection_is_a_change(written: str, tmp_path: Path, program: Engine, plugin: CommandPlugin) -> None:
    asked = asked_for(program, plugin)
    for one in exported(tmp_path / "stack.json", program, WRITTEN[written]):
        moved = bare(asked[one["urn"]]["connection"]) | {"port": 2222.0}
        found = plugin.changes(one["urn"], one["inputs"], {**asked[one["urn"]], "connection": everything(moved)})
        assert [path.partition(".")[0] for path in found] == ["connection"], one["urn"]


@pytest.mark.parametrize("written", WRITTEN)
def test_the_program_plans_no_change_on_it(written: str, tmp_path: Path, program: Engine) -> None:
    path = tmp_path / "stack.json"
    for one in exported(path, program, WRITTEN[written]):
        connection = one["inputs"]["connection"]
        assert connection == WRITTEN[written](bare(connection)), "the marks are read as they were written"
    assert run(LOCAL, read(path, PASSPHRASE)).changes == []
