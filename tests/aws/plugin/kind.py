"""What the engine's side knows about a kind of resource, and what every kind shares."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from tests.aws.plugin.values import UNKNOWN, Properties, is_known

__all__ = ["UNHEARD", "Function", "Gone", "Kind", "Refused", "Shape", "differing", "shaped"]

Shape = Mapping[str, Any]
"""Names of properties; with each the shape of an object, a list with that of its elements, or None for anything."""

Function = Callable[[Properties], Properties]
"""A data function: arguments to results."""


UNHEARD = "is nothing that this test plugin knows"


class Refused(Exception):
    """Something was refused, in the words of who refused it."""


class Gone(Refused):
    """What it was about is not there (any more)."""


class Kind:
    """A kind of resource. Names of properties are those of Pulumi's schema."""

    inputs: ClassVar[Shape]
    """All that a program may give. Anything else is an error, so that nothing is ignored in silence."""
    required: ClassVar[Sequence[str]] = ()
    outputs: ClassVar[Sequence[str]] = ()
    """What is known after creation only, unless the program gave it."""
    replaced_by: ClassVar[Sequence[str]] = ()
    unread: ClassVar[Sequence[str]] = ()
    """Inputs that the API does not tell: they stay as they were given."""
    seen: ClassVar[Sequence[str]] = ("tags",)
    """Inputs that are drift when there is something which the program did not give."""
    named: ClassVar[bool] = False
    """Whether it needs a `name`, made up when the program gives none."""

    # -- to be written for each kind -----------------------------------------------------------------------

    def create(self, inputs: Properties) -> str:
        """Make it and return its id. When this raises, nothing was made."""
        raise NotImplementedError

    def complete(self, identity: str, inputs: Properties) -> None:
        """Do what has to follow the creation. When this raises, it is there, but not as it should be."""

    def read(self, identity: str, inputs: Properties) -> Properties | None:
        """Return its live properties, or None or raise Gone. The inputs are those of the state."""
        raise NotImplementedError

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Change it from its old to new inputs."""
        raise NotImplementedError

    def delete(self, identity: str, inputs: Properties) -> None:
        """Remove it. Raising Gone is fine."""
        raise NotImplementedError

    # -- shared --------------------------------------------------------------------------------------------

    def problems(self, inputs: Properties) -> list[tuple[str, str]]:
        """Return what is wrong with a program's inputs: names and sentences."""
        missing = [(name, "is required") for name in self.required if name not in inputs]
        return missing + [(path, UNHEARD) for path in shaped(inputs, self.inputs)]

    def with_defaults(self, resource: str, seed: bytes, inputs: Properties, old: Properties) -> Properties:
        """Return inputs with what a program need not give. A name that was made up stays."""
        if not self.named or "name" in inputs:
            return inputs
        return {**inputs, "name": old.get("name") or f"{resource}-{hashlib.sha256(seed).hexdigest()[:7]}"}

    def replacing(self, changed: Sequence[str], old: Properties, new: Properties) -> list[str]:  # noqa: ARG002
        """Return the changed inputs that need a new resource."""
        return [name for name in changed if name in self.replaced_by]

    def planned(self, inputs: Properties, old: Properties | None = None) -> Properties:
        """Return what a preview can tell: of a new resource, or of one with an old state."""
        base = dict.fromkeys(self.outputs, UNKNOWN) if old is None else dict(old)
        if "tagsAll" in base:
            base["tagsAll"] = inputs.get("tags", {})
        return {**base, **inputs}

    def found(self, live: Properties, inputs: Properties) -> tuple[Properties, Properties]:
        """Return the inputs that would give what is live, in the style of those there were, and the state."""
        kept = {name: inputs[name] for name in self.unread if name in inputs}
        state = {**{name: _in_order(value, inputs.get(name)) for name, value in live.items()}, **kept}
        imported = not inputs
        wanted = {
            name: _narrowed(state[name], inputs.get(name), self.inputs[name])
            for name in self.inputs
            if state.get(name) is not None and (imported or name in inputs or (name in self.seen and state[name]))
        }
        return wanted, state


def differing(old: Properties, new: Properties) -> list[str]:
    """Return the names of properties that differ. What is not known yet may, so it does."""
    return sorted(
        name for name in old.keys() | new.keys() if old.get(name) != new.get(name) or not is_known(new.get(name))
    )


def shaped(value: Any, shape: Any, path: str = "") -> list[str]:
    """Return the paths of what is in a value and not in its shape."""
    if isinstance(shape, list) and isinstance(value, list):
        return [found for n, inner in enumerate(value) for found in shaped(inner, shape[0], f"{path}[{n}]")]
    if not isinstance(shape, Mapping) or not isinstance(value, dict):
        return []
    problems: list[str] = []
    for name, inner in value.items():
        inside = f"{path}.{name}" if path else name
        problems += shaped(inner, shape[name], inside) if name in shape else [inside]
    return problems


def _in_order(live: Any, given: Any) -> Any:
    """Return a list in the order in which it was given, if it has the same elements: the API has its own order."""
    same = isinstance(live, list) and isinstance(given, list) and sorted(map(str, live)) == sorted(map(str, given))
    return given if same else live


def _narrowed(live: Any, given: Any, shape: Any) -> Any:
    """Return of an object only what was given: the rest is the API's default."""
    if isinstance(shape, Mapping) and isinstance(live, dict) and isinstance(given, dict):
        return {name: live.get(name) if name in live else given[name] for name in given}
    return live
