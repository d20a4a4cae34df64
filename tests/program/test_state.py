"""The state of a stack is a contract: what version 1 wrote, today's program reads, and leaves as it is."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import dill
import pytest

from components.dynamic import providers
from components.dynamic.base import PROVIDER_KEY
from components.topology.checks import configuration
from components.topology.checks.versions import refusals
from tests.program.program import DYNAMIC
from tests.state.deployment import SECRET, SIGNATURE, Held, Passphrase, opened, read
from tests.state.engine import run
from tests.state.stacks import PASSPHRASE, STACKS, path_of

FOLLOWS_THE_RULES = {"MonitoringProcess"}
"""Its files hold the rules of alerts, which every version of the program may change: no node is restarted for them."""
HIDDEN = {"private_key", "privateKey", "password", "keystore", "seed", "user_data", "userData", "host_private_key"}
"""Inputs and outputs that hold a key, at any depth."""


@pytest.fixture(scope="module", params=sorted(STACKS))
def stack(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def state(stack: str) -> list[Held]:
    return read(path_of(stack), PASSPHRASE)


def written(stack: str) -> list[dict[str, Any]]:
    return list(json.loads(path_of(stack).read_text())["deployment"]["resources"])


def test_no_change_is_planned(stack: str, state: list[Held]) -> None:
    assert run(STACKS[stack], state).changes == []


def test_the_ens_of_a_state_run_and_are_not_refused_after_a_fork_that_they_do_not_know() -> None:
    state, later = read(path_of("aws"), PASSPHRASE), date(2026, 11, 29)
    assert set(refusals(configuration.read(STACKS["aws"]), later)) == {"alpha-en"}, "it would be, if it was new"
    assert run(STACKS["aws"], state, later).changes == []


def test_every_provider_loads_by_what_the_state_holds(state: list[Held]) -> None:
    for held in state:
        if held.type.startswith(DYNAMIC):
            kind = held.type.removeprefix(DYNAMIC)
            for props in (held.inputs, held.outputs):
                loaded = dill.loads(base64.b64decode(props[PROVIDER_KEY]))  # noqa: S301 - a file of this repository
                assert type(loaded) is type(providers.provider(kind)), held.urn


def test_a_change_is_named_with_its_resource_and_input() -> None:
    def spoilt(one: Held) -> Held:
        if (one.type, one.name) == (f"{DYNAMIC}RunningNode", "scn-1"):
            return replace(one, outputs={**one.outputs, "runs": "0a"})
        if (one.type, one.name) == ("command:remote:Command", "scn-1-init"):
            return replace(one, inputs={**one.inputs, "create": "true", "stdin": "x"})
        if one.name == "voters":
            return replace(one, urn=one.urn.replace("index:Bridge$", "index:Tower$"))
        return one

    state = read(path_of("local"), PASSPHRASE)
    first, *rest = run(STACKS["local"], [spoilt(one) for one in state]).changes
    assert re.fullmatch(r"Command scn-1-init: the input create is .*, and was 'true'", first, re.DOTALL)
    assert rest[0] == "Command scn-1-init: the input stdin is absent, and was 'x'"
    assert re.fullmatch(r"RunningNode scn-1: the input runs is '[0-9a-f]{16}', and was '0a'", rest[1])
    assert rest[2:] == [
        "Voters voters: is not asked for any more, so it is deleted",
        "Voters voters: is not in the state, so it is created",
    ]


def test_the_states_have_every_kind_of_resource() -> None:
    kinds = {one["type"].removeprefix(DYNAMIC) for stack in STACKS for one in written(stack) if DYNAMIC in one["type"]}
    assert kinds == providers.CLASSES.keys() - FOLLOWS_THE_RULES


def test_no_key_is_in_the_clear_and_no_path_of_a_machine(stack: str) -> None:
    text = path_of(stack).read_text()
    keys = keys_of(stack)
    assert not [key for key in keys if json.dumps(key)[1:-1] in text]
    assert "PRIVATE KEY" not in text
    assert re.search(r"/(home|root|work|tmp|Users)/", text) is None


def keys_of(stack: str) -> set[str]:
    """Return all keys in the state of a stack."""
    salt = json.loads(path_of(stack).read_text())["deployment"]["secrets_providers"]["state"]["salt"]
    keys = {key for one in written(stack) for key in _keys(opened(one, Passphrase.of(PASSPHRASE, salt)))}
    assert len(keys) > 5
    return keys


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in HIDDEN and isinstance(inner, str):
                yield inner
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def test_what_a_resource_refers_to_comes_before_it(stack: str) -> None:
    """As `pulumi stack import` asks for."""
    seen: set[str] = set()
    for one in written(stack):
        assert {one.get("parent", one["urn"]), one.get("deletedWith", one["urn"])} <= {*seen, one["urn"]}
        assert seen >= {*one.get("dependencies", ())}
        assert "provider" not in one or one["provider"].rpartition("::")[0] in seen
        assert one["urn"] not in seen
        seen.add(one["urn"])
    assert SIGNATURE in path_of(stack).read_text()
    assert SECRET in path_of(stack).read_text()
