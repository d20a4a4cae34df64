"""What every dynamic provider of this program shares: parsing, diffing, drift, and the shape of its answers.

Drift has one form. What a refresh finds otherwise than declared is held in the input `drift`, in sentences. The program
never gives it, so the next plan shows an update, and `up` takes it away. What an `up` finds and cannot repair it holds
there as well, so that the next one looks again. What cannot be read is taken to be as it was.
None says that the thing is gone, which a node that is stopped or behind is not.

A concrete provider says what its inputs are, what it reads, how it closes the gap, and how it is undone;
see `Provider`. Providers hold no data: the state of a stack has only their stable names (see `providers`), so the code
that runs on refresh and destroy is always that of the checkout.
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

from components.dynamic import providers
from components.dynamic.process import end_with_the_engine, have_enough
from components.ssh.errors import SshError

Props = dict[str, Any]

PROVIDER_KEY = "__provider"

OLD_GOES_FIRST = pulumi.ResourceOptions(delete_before_replace=True)
"""For what cannot be there twice: of `pulumi up --replace` the engine asks the options alone and no diff, and would
remove by the old one's name what it has just made."""

DRIFT = "drift"

_importing = threading.Lock()
_unread: set[str] = set()
"""What was said already not to be readable: by many resources, in one process."""


class Part(BaseModel):
    """A part of the inputs of a dynamic resource.

    Amounts and other 256-bit integers travel as decimal strings, because Pulumi turns every number into a float.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Inputs(Part):
    """Declared inputs of a dynamic resource."""

    drift: dict[str, str] | None = None
    """What a refresh found to be otherwise, in words, by what it is. The program never gives it."""


InputsT = TypeVar("InputsT", bound=Inputs)


class Provider(ResourceProvider, Generic[InputsT]):
    """One kind of tracked thing. Subclasses override the verbs below and never the methods of Pulumi."""

    serialize_as_secret_always = False  # the pickle holds a name and no secret

    inputs_type: ClassVar[type[Inputs]]
    replaced_by: ClassVar[frozenset[str]] = frozenset()
    """Inputs that are the identity of the thing: a change makes another one, after the old one is gone."""

    used_by_removal: ClassVar[frozenset[str]] = frozenset()
    """Inputs that a removal uses, which runs with those in the state. It takes note of them when they change; where
    nothing else asks for an update, nothing else is done."""

    unreadable: ClassVar[tuple[type[Exception], ...]] = (SshError,)
    """What `observe` raises when nobody can know: the state stays as it is then."""

    needs: ClassVar[tuple[str, ...]] = ()
    """Modules that its verbs import only when they run, and that import each other in circles (see `_load`)."""

    old_goes_first: ClassVar[bool] = True
    """Of a replacement. False where the bridge needs the new one before it can do without the old one."""

    # -- what a subclass says ------------------------------------------------------------------------------

    def identify(self, inputs: InputsT) -> str:
        """Return the id, which follows from the inputs alone."""
        raise NotImplementedError

    def complete(self, olds: Props, news: Props) -> Props:  # noqa: ARG002 - hook
        """Return the inputs with what is known before anything exists; `olds` is empty for a new resource.

        Raises ValueError, with a sentence for the user, when that cannot be.
        """
        return news

    def differs(self, name: str, old: object, new: object) -> bool:  # noqa: ARG002 - hook
        """Tell whether a changed input asks for an update."""
        return old != new

    def replaces(self, name: str, known: Props, new: object) -> bool:  # noqa: ARG002 - hook
        """Tell whether a changed input that is named in `replaced_by` makes another thing of what is known."""
        return True

    def converge(self, inputs: InputsT, known: Props) -> Props:
        """Make it so, doing nothing where it is so already; return the computed outputs.

        `known` holds the outputs of an earlier run, and is empty at creation.
        """
        raise NotImplementedError

    def observe(self, inputs: InputsT, known: Props) -> Props | None:  # noqa: ARG002 - hook
        """Return outputs and inputs as they really are, or None when the thing is gone.

        Sentences under `drift` are printed, each after `subject`. Without them nothing is otherwise. Raises one of
        `unreadable` for what cannot be read.
        """
        return {}

    def subject(self, inputs: InputsT, known: Props) -> str:  # noqa: ARG002 - hook
        """Return whose drift it is."""
        return self.identify(inputs)

    def remove(self, inputs: InputsT, known: Props) -> None:
        """Undo it, without complaint when it is gone already."""

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        """Have Pulumi pickle the stable name, and nothing of the class or of where it is."""
        return providers.provider, (providers.name_of(type(self)),)

    # -- what Pulumi calls ---------------------------------------------------------------------------------

    def configure(self, _req: ConfigureRequest) -> None:
        """Begin the life of a provider process."""
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
        except ValueError as error:  # what is held and what is asked for now do not go together
            return CheckResult(news, [CheckFailure("", str(error))])

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """Compare the declared inputs only: outputs and the pickled provider are no reason to act."""
        names = [name for name in self.inputs_type.model_fields if self._changed(name, _olds, _news)]
        replaced_by = self.replaced_by - {DRIFT}
        replaces = [name for name in names if name in replaced_by and self.replaces(name, _olds, _news.get(name))]
        return DiffResult(changes=bool(names), replaces=replaces, stables=[], delete_before_replace=self.old_goes_first)

    def create(self, props: Props) -> CreateResult:
        """Converge from nothing known."""
        self._load()
        inputs = self._parse(props)
        outs = self.converge(inputs, {})
        return CreateResult(self.identify(inputs), {**_declared(props), **outs})

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        """Converge with what the last run knew; always returns every output, as Pulumi drops the others."""
        known = _declared(_olds)
        if not any(self._acts(name, known, _news) for name in self.inputs_type.model_fields):
            computed = {name: value for name, value in known.items() if name not in self.inputs_type.model_fields}
            return UpdateResult({**_declared(_news), **computed})
        self._load()
        return UpdateResult({**_declared(_news), **self.converge(self._parse(_news), known)})

    def read(self, id_: str, props: Props) -> ReadResult:
        """Report what is there, in outputs and inputs, so that a refresh shows drift and the next up mends it."""
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
        self.remove(self._parse(known), known)

    # -- helpers -------------------------------------------------------------------------------------------

    def _load(self) -> None:
        """Import what the verbs need, one thread at a time.

        Resources are handled in parallel, in threads of one process. Two threads that begin to import web3 at once, at
        different places of its circles, get halves of it: `deadlock detected by _ModuleLock` (tried).
        """
        with _importing:
            for name in self.needs:
                importlib.import_module(name)

    def _parse(self, props: Props) -> InputsT:
        fields = self.inputs_type.model_fields
        # CAST: inputs_type is the class of InputsT; Python cannot say so for a class variable.
        return self.inputs_type.model_validate({k: v for k, v in props.items() if k in fields})  # type: ignore[return-value]

    def _changed(self, name: str, olds: Props, news: Props) -> bool:
        """Tell whether a changed input is to reach the state."""
        return (name in self.used_by_removal and olds.get(name) != news.get(name)) or self._acts(name, olds, news)

    def _acts(self, name: str, olds: Props, news: Props) -> bool:
        """Tell whether a changed input is something to act upon."""
        old, new = olds.get(name), news.get(name)
        if name == DRIFT:
            return bool(old)
        if pulumi.contains_unknowns(new):
            return True
        return old != new and self.differs(name, old, new)


def _tell_unread(subject: str, error: Exception) -> None:
    """Say what cannot be read, and that once: of a chain all resources on it would say the same."""
    text, about = str(error), getattr(error, "about", str(error))
    if about in _unread:
        return
    _unread.add(about)
    name = "" if about != text or text.startswith(f"{subject}: ") else f"{subject}: "
    print(f"{name}{text}; it is taken to be as it was", file=sys.stderr)


def _declared(props: Props) -> Props:
    return {name: value for name, value in props.items() if name != PROVIDER_KEY}


def tell(chain_id: int, what: str, where: str = "") -> None:
    """Tell one difference on a chain. `where`: the contract that it was found in. Pulumi shows standard error."""
    contract = f", bridge {where}" if where else ""
    print(f"drift: chain {chain_id}{contract}: {what}", file=sys.stderr)
