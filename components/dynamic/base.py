"""What every dynamic provider of this program shares: parsing, diffing, drift, and the shape of its answers.

Drift has one form. A refresh writes every difference from what is declared into the input `drift`, as sentences. The
program never sets that input, so the next plan shows an update, and `up` clears it. An `up` that finds something it
cannot repair writes it there too, so that the next one looks again. What cannot be read is assumed to be unchanged.
`observe` returns None when the thing does not exist any more; a node that is stopped or behind still exists.

A concrete provider defines its inputs, what it reads, how it converges, and how it is undone; see `Provider`. Providers
hold no data: the state of a stack has only their stable names (see `providers`), so refresh and destroy always run the
code of the checkout.
"""

import importlib
import sys
import threading
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pydantic import BaseModel, ConfigDict, ValidationError

from components.domain.problems.nodes import STATE_UNKNOWN
from components.domain.problems.problem import Message
from components.dynamic import providers, renamed
from components.dynamic.process import end_with_the_engine, have_enough
from components.dynamic.renamed import Thing
from components.ssh.errors import SshError

Props = dict[str, Any]

PROVIDER_KEY = "__provider"

OLD_GOES_FIRST = pulumi.ResourceOptions(delete_before_replace=True)
"""For things that cannot exist twice. With `pulumi up --replace` the engine reads only the options and calls no diff:
it would create the new one first, and then delete it under the name of the old one."""

DRIFT = "drift"

_importing = threading.Lock()
_unread: set[str] = set()
"""What was reported as unreadable already, by any resource of this process."""


class Part(BaseModel):
    """A part of the inputs of a dynamic resource.

    Amounts and other 256-bit integers travel as decimal strings, because Pulumi turns every number into a float.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Inputs(Part):
    """Declared inputs of a dynamic resource."""

    drift: dict[str, str] | None = None
    """Differences that a refresh found: messages, keyed by what differs. The program never sets it."""


InputsT = TypeVar("InputsT", bound=Inputs)


class Provider(ResourceProvider, Generic[InputsT]):
    """One kind of tracked resource. Subclasses override the hooks below, never the methods that Pulumi calls."""

    serialize_as_secret_always = False  # the pickle holds a name and no secret

    inputs_type: ClassVar[type[Inputs]]
    replaced_by: ClassVar[frozenset[str]] = frozenset()
    """Inputs that identify the resource: a change replaces it."""

    used_by_removal: ClassVar[frozenset[str]] = frozenset()
    """Inputs that only `remove` uses. It runs with the inputs in the state, so a change of them is written to the state
    by an update that does nothing else."""

    unreadable: ClassVar[tuple[type[Exception], ...]] = (SshError,)
    """Errors of `observe` after which the state stays as it is, because the real state is unknown."""

    needs: ClassVar[tuple[str, ...]] = ()
    """Modules with circular imports that the hooks import only when they run (see `_load`)."""

    old_goes_first: ClassVar[bool] = True
    """Whether a replacement deletes the old one first. False where the bridge needs the new one before that."""

    # -- hooks of a subclass ------------------------------------------------------------------------------

    def identify(self, inputs: InputsT) -> str:
        """Return the id, which depends on the inputs only."""
        raise NotImplementedError

    def complete(self, olds: Props, news: Props) -> Props:  # noqa: ARG002 - hook
        """Return the inputs with computed ones added, so that a preview knows them; `olds` is empty for a new resource.

        Raises ValueError, with a message of a Problem, when the inputs are refused.
        """
        return news

    def differs(self, name: str, old: object, new: object) -> bool:  # noqa: ARG002 - hook
        """Return whether a changed input requires an update."""
        return old != new

    def replaces(self, name: str, known: Props, new: object) -> bool:  # noqa: ARG002 - hook
        """Return whether a change of an input in `replaced_by` really replaces what is known."""
        return True

    def converge(self, inputs: InputsT, known: Props) -> Props:
        """Converge; no-op if already converged. Return the computed outputs.

        `known` holds the outputs of an earlier run, and is empty at creation.
        """
        raise NotImplementedError

    def observe(self, inputs: InputsT, known: Props) -> Props | None:  # noqa: ARG002 - hook
        """Return outputs and inputs as they really are, or None when the thing does not exist any more.

        Each message under `drift` is printed after `subject`; without any there is no drift. Raises one of
        `unreadable` when the real state cannot be read.
        """
        return {}

    def subject(self, inputs: InputsT, known: Props) -> str:  # noqa: ARG002 - hook
        """Return the prefix of drift messages: what they are about."""
        return self.identify(inputs)

    def remove(self, inputs: InputsT, known: Props) -> None:
        """Undo it; no-op if it is gone already."""

    def thing(self, inputs: InputsT) -> Thing | None:  # noqa: ARG002 - hook
        """Return what `remove` undoes, if a resource with another name can stand for the same; see `renamed`.

        It contains every input in `replaced_by`: a replacement by something else undoes the former one.
        """
        return None

    def takes(self, inputs: InputsT) -> bool:  # noqa: ARG002 - hook
        """Return whether it needs that thing, so that the removal of another resource leaves it alone."""
        return True

    def left(self, inputs: InputsT, known: Props) -> str:  # noqa: ARG002 - hook
        """Return a sentence for a removal that leaves the thing to another resource."""
        return f"{self.identify(inputs)}: nothing is undone, because another resource has it now"

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        """Make Pulumi pickle the stable name only, without the class or its module."""
        return providers.provider, (providers.name_of(type(self)),)

    # -- what Pulumi calls ---------------------------------------------------------------------------------

    def configure(self, _req: ConfigureRequest) -> None:
        """Set up the provider process."""
        end_with_the_engine()
        have_enough()

    def check(self, _olds: Props, news: Props) -> CheckResult:
        """Validate the inputs; runs in previews too."""
        olds = _declared(_olds)
        news = _declared(news)
        if not pulumi.contains_unknowns(news):
            try:
                self._parse(news)
            except ValidationError as error:
                failures = [
                    CheckFailure(".".join(str(part) for part in problem["loc"]), problem["msg"])
                    for problem in error.errors(include_input=False, include_url=False)
                ]
                return CheckResult(news, failures)
        try:
            return CheckResult(self.complete(olds, news), [])
        except ValueError as error:  # the state and the new inputs contradict each other
            return CheckResult(news, [CheckFailure("", str(error))])

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """Compare the declared inputs only: changed outputs or another pickle cause no update."""
        names = [name for name in self.inputs_type.model_fields if self._changed(name, _olds, _news)]
        replaced_by = self.replaced_by - {DRIFT}
        replaces = [name for name in names if name in replaced_by and self.replaces(name, _olds, _news.get(name))]
        if type(self).thing is not Provider.thing and not pulumi.contains_unknowns(_news):
            self._take(self._parse(_news))
        return DiffResult(changes=bool(names), replaces=replaces, stables=[], delete_before_replace=self.old_goes_first)

    def create(self, props: Props) -> CreateResult:
        """Converge without a previous state."""
        self._load()
        inputs = self._parse(props)
        with renamed.alone(self.thing(inputs)):
            outs = self.converge(inputs, {})
            self._take(inputs)
        return CreateResult(self.identify(inputs), {**_declared(props), **outs})

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        """Converge with the outputs of the last run; return all outputs, because Pulumi drops the others."""
        known = _declared(_olds)
        if not any(self._acts(name, known, _news) for name in self.inputs_type.model_fields):
            computed = {name: value for name, value in known.items() if name not in self.inputs_type.model_fields}
            return UpdateResult({**_declared(_news), **computed})
        self._load()
        return UpdateResult({**_declared(_news), **self.converge(self._parse(_news), known)})

    def read(self, id_: str, props: Props) -> ReadResult:
        """Return the real outputs and inputs, so that a refresh shows drift and the next up repairs it."""
        self._load()
        known = _declared(props)
        inputs = self._parse(known)
        try:
            actual = self.observe(inputs, known)
        except self.unreadable as error:
            _tell_unread(self.subject(inputs, known), error)
            return self._held(id_, known)
        if actual is None:
            return ReadResult("", {})
        for words in (found := actual.get(DRIFT) or {}).values():
            print(f"{self.subject(inputs, known)}: {words}", file=sys.stderr)
        outs = {name: value for name, value in {**known, **actual}.items() if name != DRIFT}
        if found or known.get(DRIFT):
            outs[DRIFT] = found or None
        return self._held(id_, outs)

    def _held(self, id_: str, outs: Props) -> ReadResult:
        return ReadResult(id_, outs, {k: v for k, v in outs.items() if k in self.inputs_type.model_fields})

    def delete(self, _id: str, _props: Props) -> None:
        """Undo."""
        self._load()
        known = _declared(_props)
        inputs = self._parse(known)
        thing = self.thing(inputs)
        with renamed.alone(thing):
            if thing and renamed.is_taken(thing):
                print(self.left(inputs, known), file=sys.stderr)
            else:
                self.remove(inputs, known)

    # -- helpers -------------------------------------------------------------------------------------------

    def _load(self) -> None:
        """Import the modules in `needs`, one thread at a time.

        Resources are handled in parallel, in threads of one process. Two threads that start to import web3 at the same
        time, at different modules of its import cycles, get partly initialised modules: `deadlock detected by
        _ModuleLock` (seen).
        """
        with _importing:
            for name in self.needs:
                importlib.import_module(name)

    def _take(self, inputs: InputsT) -> None:
        """Declare what the resource has."""
        if (thing := self.thing(inputs)) and self.takes(inputs):
            renamed.take(thing)

    def _parse(self, props: Props) -> InputsT:
        fields = self.inputs_type.model_fields
        # CAST: inputs_type is the class of InputsT; Python cannot say so for a class variable.
        return self.inputs_type.model_validate({k: v for k, v in props.items() if k in fields})  # type: ignore[return-value]

    def _changed(self, name: str, olds: Props, news: Props) -> bool:
        """Return whether a changed input has to be written to the state."""
        return (name in self.used_by_removal and olds.get(name) != news.get(name)) or self._acts(name, olds, news)

    def _acts(self, name: str, olds: Props, news: Props) -> bool:
        """Return whether a changed input requires `converge`."""
        old, new = olds.get(name), news.get(name)
        if name == DRIFT:
            return bool(old)
        if pulumi.contains_unknowns(new):
            return True
        return old != new and self.differs(name, old, new)


def _tell_unread(subject: str, error: Exception) -> None:
    """Print what cannot be read, once: all resources on a chain would print the same."""
    text, about = str(error), getattr(error, "about", str(error))
    if about in _unread:
        return
    _unread.add(about)
    name = "" if about != text or text.startswith(f"{subject}: ") else f"{subject}: "
    print(STATE_UNKNOWN(Message(f"{name}{text}").extended("; it is assumed to be unchanged")), file=sys.stderr)


def _declared(props: Props) -> Props:
    return {name: value for name, value in props.items() if name != PROVIDER_KEY}


def tell(chain_id: int, what: Message, where: str = "") -> None:
    """Print one difference on a chain to standard error, which Pulumi shows. `where`: the contract, if any."""
    contract = f", bridge {where}" if where else ""
    print(f"drift: chain {chain_id}{contract}: {what}", file=sys.stderr)
