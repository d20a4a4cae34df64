"""An engine in memory: it runs the whole program against a state, and tells what it would change, without any node.

What a provider of this program decides from inputs alone (`check` and `diff`) it decides here as in a real run. What
it would read from a machine or a chain is as the state has it.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Any
from unittest.mock import patch

import pulumi
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import resource_pb2

from components.dynamic.base import PROVIDER_KEY, Props
from components.dynamic.machines import data_loss, host_preflight
from components.dynamic.nodes.adopted_node import AdoptedNodeProvider
from components.dynamic.proofs import voters
from components.dynamic.validators import child_council
from components.kaia.package import Package
from components.settings.sentences import NAMESPACE
from components.stack import load
from tests.life import wire
from tests.program import mocked
from tests.program.program import DYNAMIC, provider_of
from tests.state.deployment import SECRET, SIGNATURE, Held, secret

STACK = f"urn:pulumi:v1::{NAMESPACE}::pulumi:pulumi:Stack::{NAMESPACE}-v1"
PLUGINS = {"aws": "7.0.0", "command": "1.1.3", "pulumi-python": "0.1.0"}
"""Packages of resources, with the version that the state names. Nothing depends on it."""
PROVIDERS = "pulumi:providers:"
CONF = '# the conf of the package\nADDITIONAL=""\n'
DIGEST = "ab" * 32
DAY = date(2026, 3, 1)
"""On which the versions of the states know all forks that are past or near."""
SHORT = 200


class Engine(mocked._Monitor):
    """Registers what the program asks for: as the state has it, or else as created now."""

    def __init__(self, state: Sequence[Held]) -> None:
        super().__init__(mocked._Answers({}, "", mocked.IMAGE, {}))
        self._state = {one.urn: one for one in state if not _is_the_engines(one)}
        self._changes: list[str] = []
        self.resources_of_state: list[dict[str, Any]] = []
        """What was registered, as a state holds it, with secrets marked."""

    @property
    def changes(self) -> list[str]:
        """Return what an up would do to the stack, in sentences that name the resource and the input."""
        gone = [f"{_short(urn)}: is not asked for any more, so it is deleted" for urn in self._state.keys() - self.urns]
        return sorted(self._changes + gone)

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:  # noqa: N802
        """Do what the engine does with one resource."""
        if request.type == "pulumi:pulumi:Stack":
            return resource_pb2.RegisterResourceResponse(urn=STACK)
        above = request.parent.split("::")[2] + "$" if request.parent not in ("", STACK) else ""
        urn = f"urn:pulumi:v1::{NAMESPACE}::{above}{request.type}::{request.name}"
        marked = json_format.MessageToDict(request.object)
        inputs = mocked._plain(marked)
        assert urn not in self.urns, f"the engine refuses a second resource {urn}"
        self.urns.add(urn)
        held = self._state.get(urn)
        if held is None:
            if self._state:
                self._changes.append(f"{_short(urn)}: is not in the state, so it is created")
            id_, inputs, outputs = _made(request, inputs) if request.custom else ("", inputs, {})
        else:
            self._changes += [f"{_short(urn)}: {words}" for words in _changed(held, inputs)]
            id_, outputs = held.id, {name: one for name, one in held.outputs.items() if name != PROVIDER_KEY}
        hidden = {name for name, value in marked.items() if _is_secret(value)} | {*request.additionalSecretOutputs}
        self.resources_of_state.append(_stored(request, urn, id_, inputs, outputs, marked, hidden))
        answer = Struct()
        answer.update({name: secret(value) if name in hidden else value for name, value in outputs.items()})
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=answer)


def run(config: Mapping[str, Any], state: Sequence[Held] = (), day: date = DAY) -> Engine:
    """Run the program of this checkout with a configuration, on a state."""
    engine = Engine(state)
    with _without_machines(), patch.object(load, "today", lambda: day):
        mocked.run(config, monitor=engine)
    return engine


@contextmanager
def _without_machines() -> Iterator[None]:
    """Leave machines and chains alone, and the archives of nodes, whose versions are no part of the state's format."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(child_council, "_read", lambda _inputs: None))
        stack.enter_context(patch.object(child_council, "_strangers", lambda *_: {}))
        stack.enter_context(patch.object(host_preflight, "missing", lambda *_: []))
        stack.enter_context(patch.object(AdoptedNodeProvider, "_tell", lambda *_: {}))
        stack.enter_context(patch.object(data_loss, "LEDGER", data_loss.Ledger()))
        stack.enter_context(patch.object(voters, "declare", lambda _roster: None))
        stack.enter_context(patch.object(load, "_built", list))
        stack.enter_context(patch.object(Package, "digest", property(lambda _package: DIGEST)))
        stack.enter_context(patch.object(Package, "conf", property(lambda _package: CONF)))
        yield


def _is_the_engines(held: Held) -> bool:
    """Tell whether the engine registers it by itself: the stack, and the default provider of a package."""
    return held.urn == STACK or (held.type.startswith(PROVIDERS) and held.name.startswith("default"))


def _changed(held: Held, inputs: Props) -> Iterator[str]:
    """Yield why a resource that the state has would be changed."""
    if not held.type.startswith(DYNAMIC):
        for name in sorted({*held.inputs, *inputs}):
            if (old := held.inputs.get(name)) != (new := inputs.get(name)):
                yield f"the input {name} is {_shown(new)}, and was {_shown(old)}"
        return
    provider = provider_of(inputs)
    checked = provider.check({**held.inputs}, inputs)
    for failure in checked.failures or []:
        yield f"the input {failure.property} is refused: {failure.reason}"
    news = wire({**checked.inputs})
    if provider.diff(held.id, {**held.outputs}, news).changes:
        for name in sorted(provider.inputs_type.model_fields):
            if provider._changed(name, {**held.outputs}, news):
                yield f"the input {name} is {_shown(news.get(name))}, and was {_shown(held.outputs.get(name))}"


def _made(request: resource_pb2.RegisterResourceRequest, inputs: Props) -> tuple[str, Props, Props]:
    """Return the id, inputs and outputs of a resource that is created."""
    if not request.type.startswith(DYNAMIC):
        return _id(request), inputs, {**inputs, **_cloud(request, inputs)}
    provider, kind = provider_of(inputs), request.type.removeprefix(DYNAMIC)
    checked = provider.check({}, inputs)
    assert not checked.failures, [(one.property, one.reason) for one in checked.failures]
    news = wire({**checked.inputs})
    if kind in mocked.COMPUTED:
        made = wire({**provider.create({**news}).outs})
    else:
        made = {**news, **_outputs(kind, request.name, news)}
    return provider.identify(provider._parse(news)), {**news, PROVIDER_KEY: inputs[PROVIDER_KEY]}, made


def _address(name: str) -> str:
    return "0x" + _digits(name, 40)


def _digits(name: str, count: int) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:count]


def _outputs(kind: str, name: str, inputs: Props) -> Props:
    """Return what a provider would have computed."""
    contract = {"owner": _address("owner"), "operators": [], "threshold": 1.0, "configuration": 1.0}
    fees: Props = {"receiver": "", "coin": "0", "tokens": {}}
    found: dict[str, Props] = {
        "AdoptedIdentity": {
            "public_key": _digits(name, 64) * 2,
            "kni": f"kni://{_digits(name, 64) * 2}@192.0.2.1:50505?discport=0",
            "network_id": "203",
            "parent_operator": _address(f"{name} parent"),
            "child_operator": _address(f"{name} child"),
        },
        "AdoptedNode": {"version": "v1.0.3", "dialled": ""},
        "BridgeContract": {
            "address": _address(name),
            "owner": _address("owner"),
            "operators_before": [],
            "threshold_before": 1.0,
            "configuration_threshold_before": 1.0,
            "tokens_before": [],
        },
        "BridgeOperator": {"registered_before": False},
        "ChildCouncil": {"size": "1", "dead": "0"},
        "DevelopmentToken": {"address": _address(name)},
        "FirstLogin": {"instance": inputs.get("machine")},
        "LocalHost": {"instance": _digits(name, 12)},
        "OtherOperators": {"others": []},
        "OwnerFunds": {"payer": _address("owner")},
        "Resilience": {"contracts": {"parent": contract, "child": contract}, "unable": []},
        "RunningNode": {"version": "v1.0.3"},
        "SyncedNode": {"passed_at": "1"},
        "TokenProof": {"proof": "", "request": ""},
        "TokenRegistration": {"registered_before": False},
        "TransferFees": {"fees": fees, "expected": fees},
        "TransferProof": {"proven_requests": "1", "proof": "a transfer arrived", "request": "0x" + _digits(name, 64)},
        "Voters": {"leaving": []},
    }
    return found.get(kind, {})


_PREFIXES = {"Instance": "i", "NetworkInterface": "eni", "Subnet": "subnet", "Volume": "vol", "Vpc": "vpc"}


def _id(request: resource_pb2.RegisterResourceRequest) -> str:
    kind = request.type.rpartition(":")[2]
    return f"{_PREFIXES.get(kind, kind.lower())}-{_digits(request.name, 17)}"


def _cloud(request: resource_pb2.RegisterResourceRequest, inputs: Props) -> Props:
    """Return what AWS would have given."""
    number = int(_digits(request.name, 2), 16)
    match request.type.rpartition(":")[2]:
        case "NetworkInterface":
            return {"privateIp": (inputs.get("privateIps") or [f"10.41.0.{number}"])[0]}
        case "Eip":
            return {"publicIp": f"203.0.113.{number}", "allocationId": _id(request)}
    return {}


def _stored(
    request: resource_pb2.RegisterResourceRequest,
    urn: str,
    id_: str,
    inputs: Props,
    outputs: Props,
    marked: Props,
    hidden: set[str],
) -> dict[str, Any]:
    """Return a resource as a state holds it."""
    found: dict[str, Any] = {
        "urn": urn,
        "custom": request.custom,
        "type": request.type,
        "parent": request.parent or STACK,
    }
    if not request.custom:
        return found
    wrapped = {name: value for name, value in marked.items() if name in inputs and mocked._plain(value) == inputs[name]}
    secrets = {name: secret(value) for name, value in inputs.items() if name in hidden and name not in wrapped}
    out = {**outputs, **({PROVIDER_KEY: inputs[PROVIDER_KEY]} if PROVIDER_KEY in inputs else {})}
    found |= {
        "id": id_,
        "inputs": {**inputs, **wrapped, **secrets},
        "outputs": {name: secret(value) if name in hidden else value for name, value in out.items()},
        "dependencies": sorted(request.dependencies),
    }
    if not request.type.startswith(PROVIDERS):
        found["provider"] = request.provider or _default_provider(request.type)
    if request.protect:
        found["protect"] = True
    if request.additionalSecretOutputs:
        found["additionalSecretOutputs"] = sorted(request.additionalSecretOutputs)
    if request.deletedWith:
        found["deletedWith"] = request.deletedWith
    return found


def _default_provider(type_: str) -> str:
    package = type_.partition(":")[0]
    return f"{_provider(package)['urn']}::{_provider(package)['id']}"


def _provider(package: str) -> dict[str, Any]:
    version = {} if package == "pulumi-python" else {"version": PLUGINS[package]}
    name = "_".join(["default", *PLUGINS[package].split(".")]) if version else "default"
    return {
        "urn": f"urn:pulumi:v1::{NAMESPACE}::{PROVIDERS}{package}::{name}",
        "custom": True,
        "id": _digits(package, 32),
        "type": f"{PROVIDERS}{package}",
        "inputs": version,
        "outputs": version,
    }


def whole(engine: Engine) -> list[dict[str, Any]]:
    """Return everything that a state holds: the stack itself, its default providers, and what was registered."""
    root = {"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack"}
    used = {one.get("provider", "") for one in engine.resources_of_state}
    defaults = [_provider(package) for package in sorted(PLUGINS) if _default_provider(f"{package}:") in used]
    return [root, *defaults, *engine.resources_of_state]


def _is_secret(value: Any) -> bool:
    """Tell whether a secret is anywhere in a value."""
    if isinstance(value, dict):
        return value.get(SIGNATURE) == SECRET or any(_is_secret(inner) for inner in value.values())
    return isinstance(value, list) and any(_is_secret(inner) for inner in value)


def _short(urn: str) -> str:
    """Return the last part of the type, and the name."""
    _, _, type_, name = urn.split("::", 3)
    return f"{type_.rpartition(':')[2]} {name}"


def _shown(value: Any) -> str:
    text = "absent" if value is None else "unknown" if pulumi.contains_unknowns(value) else repr(value)
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"
