"""What the program asked for, in the terms of tests."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import dill

DYNAMIC = "pulumi-python:dynamic/servicechain:"


@dataclass(frozen=True)
class Asked:
    """One resource that the program asked for."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    options: Mapping[str, Any]
    """As the engine is told: protect, deleteBeforeReplace, dependencies, parent, ... in protobuf's JSON names."""


@dataclass
class Program:
    """What a run of the program asked for."""

    resources: list[Asked] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    held: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """What the computed resources hold, by type and name: the state that the next run starts from."""

    def touched_by(self, later: "Program") -> set[tuple[str, str]]:
        """Return which resources a later run makes, changes or removes: the last part of their types, and names."""
        mine, others = ({(one.type, one.name): one for one in run.resources} for run in (self, later))
        both = mine.keys() | others.keys()
        return {
            (type_.rpartition(":")[2], name)
            for type_, name in both
            if not type_.startswith("pulumi:") and _differ(mine.get((type_, name)), others.get((type_, name)))
        }

    def of(self, type_: str) -> dict[str, Asked]:
        """Return the resources of a type by name; the last part of its token is enough."""
        return {one.name: one for one in self.resources if one.type.rpartition(":")[2] == type_}

    def one(self, type_: str, name: str) -> Asked:
        """Return one resource."""
        return self.of(type_)[name]


def _differ(old: Asked | None, new: Asked | None) -> bool:
    """Tell whether an update would do something: a dynamic provider says so itself."""
    if old is None or new is None:
        return True
    if not old.type.startswith(DYNAMIC):
        return old.inputs != new.inputs
    return bool(provider_of(new.inputs).diff("", dict(old.inputs), dict(new.inputs)).changes)


def provider_of(inputs: Mapping[str, Any]) -> Any:
    """Return the dynamic provider that a resource carries with it."""
    return dill.loads(base64.b64decode(inputs["__provider"]))  # noqa: S301 - pickled by this very process
