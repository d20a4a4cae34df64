"""One dynamic resource in a stack's state, driven as Pulumi's engine and its Python servicer drive it.

Every value makes the way over the wire that Pulumi makes: numbers become floats, None is dropped. A rule that does not
hold is an AssertionError which says it.
"""

from collections.abc import Callable, Collection
from typing import Any

import pulumi
from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic import CheckResult, Resource
from pulumi.runtime import rpc

from components.dynamic import renamed
from components.dynamic.base import PROVIDER_KEY, Props, Provider


def wire(props: Props, *, keep_unknowns: bool = False) -> Props:
    """Return what arrives at the other end."""
    sending = rpc.serialize_properties(props, {})
    try:
        sending.send(None)  # to its end at once, as plain values are not waited for
    except StopIteration as done:
        sent: Struct = done.value
    received = rpc.deserialize_properties(Struct.FromString(sent.SerializeToString()), keep_unknowns)
    return dict(received)


class Life:
    """One resource in the state of a stack: what the engine knows of it, and the verbs of the engine."""

    def __init__(self, provider: Provider[Any], resource: type[Resource], optional: Collection[str] = ()) -> None:
        """Begin with nothing. `optional`: outputs that the resource may go without."""
        self.provider = provider
        self.declared = {name for name in resource.__annotations__ if name not in optional}
        self.id = ""
        self.inputs: Props = {}
        self.outs: Props = {}

    def up(self, program: Props, later: list[Callable[[], object]] | None = None) -> str:
        """Bring it to what the program says; return the verb that it took.

        `later` gets what is to be done at the end of the run: the delete of one that was replaced.
        """
        if later is None:
            renamed.forget()  # what was declared in the run before, which was another process
        if not self.id:
            return self._create(program)
        news = self.check(program)
        diff = self.provider.diff(self.id, wire(self.outs, keep_unknowns=True), wire(news, keep_unknowns=True))
        assert isinstance(diff.changes, bool), "diff says whether something changes, or the engine compares by itself"
        assert isinstance(diff.replaces, list), "diff says what replaces, or the engine decides by itself"
        assert diff.changes or not diff.replaces, "what replaces is a change"
        if not diff.changes:
            self.inputs = news
            return "same"
        if not diff.replaces:
            outs = self.provider.update(self.id, wire(self.outs), wire(news)).outs
            self.inputs = news  # an update that fails leaves them as they were
            self._hold(outs, "update")
            return "update"
        self.inputs = news
        old_id, old_outs = self.id, self.outs
        if diff.delete_before_replace:
            self.provider.delete(old_id, wire(old_outs))
        verb = self._create(program, "replace")
        if not diff.delete_before_replace:
            after = [] if later is None else later
            after.append(lambda: self.provider.delete(old_id, wire(old_outs)))
            if later is None:
                after.pop()()
        return verb

    def _create(self, program: Props, verb: str = "create") -> str:
        olds, self.inputs = self.inputs if verb == "replace" else {}, {}
        self.inputs = olds
        self.inputs = self.check(program)
        created = self.provider.create(wire(self.inputs))
        assert created.id, "create gives an id"
        assert isinstance(created.id, str), "an id is a text"
        self.id = created.id
        self._hold(created.outs, "create")
        return verb

    def check(self, program: Props) -> Props:
        """Return the inputs as the provider completes them, as they arrive."""
        result = self.raw_check(program)
        assert not result.failures, f"check accepts these inputs: {[vars(one) for one in result.failures or []]}"
        return wire(dict(result.inputs), keep_unknowns=True)

    def raw_check(self, program: Props) -> CheckResult:
        """Let the provider check inputs against those in the state."""
        asked = wire({PROVIDER_KEY: "pickle", **program}, keep_unknowns=True)
        return self.provider.check(wire(self.inputs, keep_unknowns=True), asked)

    def refresh(self) -> bool:
        """Read what is really there; return whether it is."""
        found = self.provider.read(self.id, wire(self.outs))
        assert found.outs is not None, "read gives outputs, if empty ones: the servicer adds to them"
        self.id = found.id or ""
        if not self.id:
            self.inputs, self.outs = {}, {}
            return False
        self._hold(found.outs, "read")
        assert found.inputs is not None, "read gives inputs too, or drift stays in the old ones"
        self.inputs = wire(dict(found.inputs))
        return True

    def delete(self) -> None:
        """Undo it, in a run that declares nothing, like a destroy."""
        renamed.forget()
        self.provider.delete(self.id, wire(self.outs))

    def _hold(self, outs: Any, verb: str) -> None:
        assert not pulumi.contains_unknowns(outs), f"outputs of {verb} hold nothing unknown"
        missing = self.declared - set(wire(dict(outs)))
        assert not missing, f"outputs of {verb} are complete, or Pulumi drops the others: {sorted(missing)}"
        assert PROVIDER_KEY not in outs, f"outputs of {verb} leave the pickle to the servicer"
        self.outs = wire({**outs, PROVIDER_KEY: "pickle"})
