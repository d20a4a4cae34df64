"""The life of a dynamic resource, from create to delete, with what happens behind its provider's back.

lifecycle(Life(GenesisProvider(), Genesis), {"text": "first"}, [Edit({"text": "second"}, "same")], lasting=True)
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from pulumi.output import UNKNOWN

from components.dynamic.base import Props
from tests.life import Life, wire

__all__ = ["Behind", "Edit", "Life", "lifecycle"]

Act = Callable[[], object]


@dataclass(frozen=True)
class Edit:
    """A change of the program's inputs, and what has to come of it: `same`, `update` or `replace`."""

    change: Props
    verb: str = "update"


@dataclass(frozen=True)
class Behind:
    """What the test does behind the provider's back, and what makes it possible to mend."""

    act: Act
    before_mending: Act = lambda: None


def lifecycle(
    life: Life,
    program: Props,
    edits: Sequence[Edit] = (),
    *,
    disappear: Behind | None = None,
    drifts: Sequence[tuple[Behind, Collection[str]]] = (),
    secrets: Sequence[str] = (),
    lasting: bool = False,
) -> None:
    """Lead it from nothing through all its life. `drifts` name the inputs that a drift shows in.

    `lasting`: when it is deleted, what it stands for stays, so nobody can tell it from one that is not.
    """
    _judge_inputs(life, program, secrets)
    assert life.up(program) == "create", "what is not in the state is created"
    _settled(life, program, "after create")
    _incomplete_state(life)
    for edit in edits:
        program = {**program, **edit.change}
        verb = life.up(program)
        assert verb == edit.verb, f"{sorted(edit.change)}: {edit.verb} is expected, not {verb}"
        _settled(life, program, f"after {verb} of {sorted(edit.change)}")
    if disappear:
        disappear.act()
        assert not life.refresh(), "what is gone is read without an id"
        disappear.before_mending()
        assert life.up(program) == "create", "what is gone is created again"
        _settled(life, program, "after the second create")
    for drift, names in drifts:
        drift.act()
        before = life.inputs
        assert life.refresh(), "what has drifted is still there"
        for name in names:
            assert life.inputs.get(name) != before.get(name), f"drift is in the inputs: {name}"
            assert life.outs.get(name) == life.inputs.get(name), f"drift is in the outputs as in the inputs: {name}"
        drift.before_mending()
        assert life.up(program) == "update", "drift is mended by an update"
        _settled(life, program, "after mending drift")
    life.delete()
    life.delete()  # without complaint
    assert lasting or not life.refresh(), "what was deleted is gone"


def _settled(life: Life, program: Props, when: str) -> None:
    assert life.up(program) == "same", f"{when} a second plan is empty"
    inputs, outs = life.inputs, life.outs
    assert life.refresh(), f"{when} it is there"
    assert life.outs == outs, f"{when} a refresh shows no drift in {_different(outs, life.outs)}"
    # Of a change that is no reason to act the outputs, from which a refresh takes the inputs, know nothing.
    drifted = [
        n for n in _different(inputs, life.inputs) if life.provider.differs(n, life.inputs.get(n), inputs.get(n))
    ]
    assert not drifted, f"{when} a refresh shows no drift of the inputs {drifted}"
    assert life.up(program) == "same", f"{when} and a refresh a plan is empty"


def _judge_inputs(life: Life, program: Props, secrets: Sequence[str]) -> None:
    """Whatever is unknown, missing or wrong in the inputs, check tells it and does not raise, nor tell a secret."""
    given = [name for name in program if program[name] is not None]
    for names in ([name] for name in given):
        life.check({**program, **dict.fromkeys(names, UNKNOWN)})
    life.check({**program, **dict.fromkeys(given, UNKNOWN)})
    said = [repr(life.provider), repr(life.provider._parse(life.check(program)))]
    for name in given:
        said += [str(vars(one)) for one in life.raw_check({**program, name: None}).failures or []]
        for value in ([*secrets], " ".join(["x", *secrets]), {"x": [*secrets]}, "46", 1.5):
            said += [str(vars(one)) for one in life.raw_check({**program, name: value}).failures or []]
    for secret in secrets:
        assert not any(secret in text for text in said), "no repr and no failure of check holds a secret"


def _incomplete_state(life: Life) -> None:
    """Read and compare a state without one of the outputs: a later version of the program may add one."""
    for name in set(life.outs) - set(life.provider.inputs_type.model_fields):
        state = {key: value for key, value in life.outs.items() if key != name}
        assert not isinstance(life.provider.read(life.id, wire(state)).outs, type(None)), f"read without {name}"
        assert not life.provider.diff(life.id, state, life.inputs).changes, f"the output {name} is no reason to act"


def _different(one: Props, other: Props) -> list[str]:
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
