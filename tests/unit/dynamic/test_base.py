"""What all dynamic providers share, seen through the smallest of them."""

# ruff: noqa: D101, D102

from typing import ClassVar

import pytest
from pulumi.output import UNKNOWN

from components.domain.problems.hosts import HOST_SILENT
from components.domain.problems.nodes import STATE_UNKNOWN
from components.domain.problems.problem import Problem
from components.dynamic.base import PROVIDER_KEY, Inputs, Props, Provider, tell
from components.ssh.errors import NoAnswer


class ThingInputs(Inputs):
    name: str
    size: int = 1
    secret: str = ""
    remark: str = ""


class Thing(Provider[ThingInputs]):
    inputs_type = ThingInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"name"})

    def __init__(self) -> None:
        self.world: Props | None = {}
        self.seen: list[tuple[ThingInputs, Props]] = []

    def identify(self, inputs: ThingInputs) -> str:
        return f"thing/{inputs.name}"

    def differs(self, name: str, old: object, new: object) -> bool:  # noqa: ARG002
        return name != "remark"

    def converge(self, inputs: ThingInputs, known: Props) -> Props:
        self.seen.append((inputs, known))
        return {"address": "0x1", "runs": len(self.seen)}

    def observe(self, inputs: ThingInputs, known: Props) -> Props | None:  # noqa: ARG002
        return self.world

    def remove(self, inputs: ThingInputs, known: Props) -> None:
        self.seen.append((inputs, known))


def check(olds: Props, news: Props) -> list[tuple[str, str]]:
    return [(failure.property, failure.reason) for failure in Thing().check(olds, news).failures or []]


def test_a_number_of_pulumi_is_a_float_and_becomes_whole() -> None:
    provider = Thing()
    assert check({}, {"name": "a", "size": 3.0}) == []
    provider.create({"name": "a", "size": 3.0})
    size = provider.seen[0][0].size
    assert (size, type(size)) == (3, int)


@pytest.mark.parametrize(
    ("news", "names"),
    [
        ({}, ["name"]),
        ({"name": 5}, ["name"]),
        ({"name": "a", "size": 1.5}, ["size"]),
        ({"name": "a", "size": "many"}, ["size"]),
        ({"name": None, "size": []}, ["name", "size"]),
    ],
)
def test_a_failure_names_its_property(news: Props, names: list[str]) -> None:
    assert [name for name, _ in check({}, news)] == names


def test_a_failure_does_not_show_the_value() -> None:
    assert "hush" not in str(check({}, {"name": "a", "secret": ["hush"], "size": "hush"}))


def test_an_unknown_value_is_not_judged_yet() -> None:
    assert check({}, {"name": UNKNOWN, "size": "many"}) == []


def test_the_id_follows_from_the_inputs() -> None:
    assert Thing().create({"name": "a"}).id == "thing/a"


@pytest.mark.parametrize(
    ("olds", "news", "changes", "replaces"),
    [
        ({"name": "a", "size": 1}, {"name": "a", "size": 1}, False, []),
        ({"name": "a", "size": 1.0}, {"name": "a", "size": 1}, False, []),
        ({"name": "a", "size": 1, "address": "0x1"}, {"name": "a", "size": 1}, False, []),
        ({"name": "a", "size": 1, "address": "0x1"}, {"name": "a", "size": 1, "address": None}, False, []),
        ({"name": "a", "size": 1, PROVIDER_KEY: "old"}, {"name": "a", "size": 1, PROVIDER_KEY: "new"}, False, []),
        ({"name": "a", "size": 1}, {"name": "a", "size": 2}, True, []),
        ({"name": "a", "size": 1}, {"name": "b", "size": 1}, True, ["name"]),
        ({"name": "a", "size": 1}, {"name": "b", "size": 2}, True, ["name"]),
        ({"name": "a", "size": 1}, {"name": "a", "size": UNKNOWN}, True, []),
        ({"name": "a", "size": 1}, {"name": UNKNOWN, "size": 1}, True, ["name"]),
        ({"name": "a", "remark": "x"}, {"name": "a", "remark": "y"}, False, []),
        ({"name": "a", "remark": "x"}, {"name": "a", "remark": UNKNOWN}, True, []),
        ({"name": "a", "size": 1}, {"name": "a"}, True, []),
    ],
)
def test_only_declared_inputs_are_a_reason_to_act(
    olds: Props,
    news: Props,
    changes: bool,  # noqa: FBT001
    replaces: list[str],
) -> None:
    diff = Thing().diff("thing/a", olds, news)
    assert (diff.changes, diff.replaces, diff.stables, diff.delete_before_replace) == (changes, replaces, [], True)


def test_creating_starts_from_nothing_and_returns_inputs_and_outputs() -> None:
    provider = Thing()
    outs = provider.create({"name": "a", "address": None, PROVIDER_KEY: "pickle"}).outs
    assert outs == {"name": "a", "address": "0x1", "runs": 1}
    assert provider.seen[0][1] == {}


def test_updating_knows_the_last_outputs_and_returns_every_one() -> None:
    provider = Thing()
    olds = {"name": "a", "size": 1.0, "address": "0x1", "runs": 7, PROVIDER_KEY: "pickle"}
    outs = provider.update("thing/a", olds, {"name": "a", "size": 2.0, "address": None, PROVIDER_KEY: "pickle"}).outs
    assert outs == {"name": "a", "size": 2.0, "address": "0x1", "runs": 1}
    inputs, known = provider.seen[0]
    assert inputs.size == 2
    assert known == {"name": "a", "size": 1.0, "address": "0x1", "runs": 7}


STATE: Props = {"name": "a", "size": 1.0, "address": "0x1", PROVIDER_KEY: "pickle"}


def test_what_is_gone_has_no_id() -> None:
    provider = Thing()
    provider.world = None
    found = provider.read("thing/a", STATE)
    assert (found.id, found.outs) == ("", {})


def test_drift_is_in_outputs_and_inputs_so_that_the_next_up_mends_it() -> None:
    provider = Thing()
    provider.world = {"size": 9, "address": "0x2"}
    found = provider.read("thing/a", STATE)
    assert found.id == "thing/a"
    assert found.outs == {"name": "a", "size": 9, "address": "0x2"}
    assert found.inputs == {"name": "a", "size": 9}
    assert provider.diff("thing/a", dict(found.outs), {"name": "a", "size": 1}).changes


WRONG_SIZE = Problem(999, "A thing has another size", cause="…", remedy="…")
DRIFT = {"size": WRONG_SIZE("it is 9, not 1")}


def test_drift_is_held_in_words_until_an_up(capsys: pytest.CaptureFixture[str]) -> None:
    provider = Thing()
    provider.world = {"drift": DRIFT}
    held = provider.read("thing/a", STATE)
    assert held.outs is not None
    assert held.outs["drift"] == DRIFT
    assert held.inputs == {"name": "a", "size": 1.0, "drift": DRIFT}
    assert capsys.readouterr().err == f"thing/a: it is 9, not 1 [{WRONG_SIZE.code}]\n"
    assert provider.diff("thing/a", dict(held.outs), {"name": "a", "size": 1}).changes
    mended = provider.update("thing/a", dict(held.outs), {"name": "a", "size": 1}).outs
    assert mended is not None
    assert "drift" not in mended
    assert provider.seen[0][1]["drift"] == DRIFT, "what is mended knows what was found"
    provider.world = {}
    again = provider.read("thing/a", dict(held.outs))
    assert again.outs is not None
    assert again.outs["drift"] is None, "somebody else has mended it"
    assert not provider.diff("thing/a", dict(again.outs), {"name": "a", "size": 1}).changes


def test_drift_never_replaces() -> None:
    class Other(Thing):
        replaced_by = frozenset(ThingInputs.model_fields)

    diff = Other().diff("thing/a", {"name": "a", "drift": {"size": "x"}}, {"name": "a"})
    assert (diff.changes, diff.replaces) == (True, [])


def test_what_cannot_be_read_keeps_its_state_and_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    class Blind(Thing):
        def observe(self, inputs: ThingInputs, known: Props) -> Props | None:  # noqa: ARG002
            raise NoAnswer("10.0.0.77:22", "does not answer")  # noqa: EM101

    held = {**STATE, "drift": DRIFT}
    for _ in range(2):
        found = Blind().read("thing/a", held)
        assert (found.id, found.outs) == ("thing/a", {k: v for k, v in held.items() if k != PROVIDER_KEY})
    (said,) = capsys.readouterr().err.splitlines()  # what was found before is not said again
    assert said.startswith("thing/a: 10.0.0.77:22 ")
    assert HOST_SILENT.code in said
    assert STATE_UNKNOWN.code in said


@pytest.mark.parametrize(("where", "shown"), [("", "chain 5"), ("0xb1", "chain 5, bridge 0xb1")])
def test_what_differs_on_a_chain_is_told_with_its_code(
    capsys: pytest.CaptureFixture[str], where: str, shown: str
) -> None:
    tell(5, WRONG_SIZE("it is 9, not 1"), where)
    assert capsys.readouterr().err == f"drift: {shown}: it is 9, not 1 [{WRONG_SIZE.code}]\n"


def test_what_is_as_declared_shows_no_drift() -> None:
    found = Thing().read("thing/a", STATE)
    assert found.outs == {"name": "a", "size": 1.0, "address": "0x1"}
    assert found.inputs == {"name": "a", "size": 1.0}


def test_removing_knows_the_last_outputs() -> None:
    provider = Thing()
    provider.delete("thing/a", STATE)
    inputs, known = provider.seen[0]
    assert (inputs.name, known) == ("a", {"name": "a", "size": 1.0, "address": "0x1"})
