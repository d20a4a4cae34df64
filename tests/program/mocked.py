"""Runs the whole program against Pulumi's mocks and records what it asks for. A fresh program each time.

Resources that only compute and hold (keys, placement, genesis) are computed for real; of all others the outputs are
names, so that an assertion can follow a value from one resource to the next.
"""

import asyncio
import gc
import hashlib
import json
import os
import runpy
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pulumi
from eth_account import Account as Accounts
from google.protobuf import json_format
from pulumi.runtime import mocks, resource, rpc
from pulumi.runtime.proto import resource_pb2, source_pb2
from pulumi.runtime.settings import ROOT as ROOT_RESOURCE

from components.chain.accounts.signer import KmsSigner, SigningAccount
from components.hosts.aws.account.account import AwsAccount
from components.settings.sentences import NAMESPACE
from tests.program.program import DYNAMIC, Asked, Program, provider_of

ROOT = Path(__file__).resolve().parents[2]
COMPUTED = frozenset({"Account", "SshKey", "Placement", "Boot", "Genesis", "NodeFiles"})
NAMED = {
    "AdoptedIdentity": ["public_key", "kni", "parent_operator", "child_operator"],
    "AdoptedNode": ["version"],
    "BridgeContract": ["address", "operators_before", "owner"],
    "DevelopmentToken": ["address"],
    "FirstLogin": ["instance"],
    "ExistingHost": ["instance"],
    "LocalHost": ["instance"],
    "OtherOperators": ["others"],
    "OwnerFunds": ["payer"],
    "RunningNode": ["version", "began_with"],
    "UpdatedNode": ["version"],
    "SyncedNode": ["passed_at"],
    "TransferProof": ["proven_requests", "proof", "request"],
    "TokenProof": ["proof"],
}
"""Outputs of resources that are not computed here."""
THRESHOLD = 2
"""What an existing contract had when it was taken over."""
THRESHOLDS: dict[str, int] = {}
"""The same of contracts that have another one, by the names of their resources."""
IMAGE = "ami-0123456789abcdef0"


def volume_id(name: str) -> str:
    """Return the id of a volume, which has to look like one."""
    return f"vol-{hashlib.sha256(name.encode()).hexdigest()[:17]}"


class _Answers(pulumi.runtime.Mocks):
    """Stands in for all providers."""

    def __init__(
        self, zones: Mapping[str, str], vpc: str, image: str, held: dict[tuple[str, str], dict[str, Any]]
    ) -> None:
        self._zones, self._vpc, self._image = zones, vpc, image
        self._before = held
        self.held: dict[tuple[str, str], dict[str, Any]] = {}

    def _compute(self, kind: str, name: str, inputs: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
        """Do what the engine does with a resource that only computes: check, and create or update."""
        provider = provider_of(inputs)
        known = self._before.get((kind, name), {})
        checked = provider.check(known, inputs)
        assert not checked.failures, [(one.property, one.reason) for one in checked.failures]
        made = provider.update(name, known, checked.inputs) if known else provider.create(checked.inputs)
        self.held[kind, name] = {**checked.inputs, **made.outs}
        return name, {**inputs, **made.outs}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        kind = args.typ.removeprefix(DYNAMIC)
        inputs = _plain(dict(args.inputs))
        if kind in COMPUTED:
            return self._compute(kind, args.name, inputs)
        outputs = {**inputs, **{key: f"{args.name}.{key}" for key in NAMED.get(kind, ())}}
        if kind == "AdoptedIdentity":
            outputs["network_id"] = NETWORK_ID
        if kind == "RunningNode":
            outputs["turn"] = 0
        if kind == "BridgeContract":
            outputs["threshold_before"] = THRESHOLDS.get(args.name, THRESHOLD)
        if args.typ == "aws:ec2/networkInterface:NetworkInterface":
            outputs["privateIp"] = (inputs.get("privateIps") or [f"{args.name}.privateIp"])[0]
        if args.typ == "aws:ec2/eip:Eip":
            outputs["publicIp"] = f"{args.name}.publicIp"
        if args.typ.startswith("aws:iam/"):
            outputs["name"] = f"{args.name}.name"
        if args.typ == "aws:ebs/volume:Volume":
            return volume_id(args.name), outputs
        return f"{args.name}.id", outputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        if args.token == "aws:ec2/getAmi:getAmi":
            return {**args.args, "id": self._image}, []
        if args.token == "aws:ec2/getSubnet:getSubnet":
            zone = self._zones[args.args["id"]]
            return {"id": args.args["id"], "availabilityZone": zone, "vpcId": self._vpc}, []
        raise AssertionError(args.token)

    def ask(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Answer what the program asks of AWS by itself, before it registers anything."""
        match service, operation:
            case "sts", "get_caller_identity":
                return {"Account": "123456789012"}
            case "ec2", "describe_availability_zones":
                return {"AvailabilityZones": [{"ZoneName": f"ap-northeast-2{zone}"} for zone in "abcd"]}
            case "ec2", "describe_instances":
                return {"Reservations": []}
            case "ec2", "describe_volumes":
                return {"Volumes": []}
            case "ec2", "describe_snapshots":
                ids = parameters["Filters"][0]["Values"]
                return {"Snapshots": [{"SnapshotId": one, "State": "completed", "VolumeSize": 8} for one in ids]}
            case "ec2", "describe_subnets":
                return {"Subnets": [{"SubnetId": id_, "AvailabilityZone": zone} for id_, zone in self._zones.items()]}
            case "ec2", "describe_addresses":
                return {"Addresses": []}
            case "ec2", "describe_instance_types":
                return {"InstanceTypes": []}
            case "ec2", "describe_instance_type_offerings":
                types, zones = parameters["Filters"][0]["Values"], [f"ap-northeast-2{zone}" for zone in "abcd"]
                return {"InstanceTypeOfferings": [{"InstanceType": t, "Location": z} for t in types for z in zones]}
            case "service-quotas", "get_service_quota":
                return {"Quota": {"Value": 1000.0}}
            case "ec2", "describe_images":
                return {"Images": [{"ImageId": self._image, "RootDeviceType": "ebs"}]}
        raise AssertionError(service, operation, parameters)


NETWORK_ID = "203"
"""Of chains whose nodes exist already; their chain ids are others."""


class _Monitor(mocks.MockMonitor):
    """Keeps the options of each resource, which mocks are not told."""

    def __init__(self, answers: _Answers) -> None:
        super().__init__(answers)
        self.answers = answers
        self.program = Program()
        self.urns: set[str] = set()

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:  # noqa: N802
        told = json_format.MessageToDict(request)
        inputs = told.pop("object", {})
        answer = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # Pulumi gives no types here
        assert answer.urn not in self.urns, f"the engine refuses a second resource {answer.urn}"
        self.urns.add(answer.urn)
        held = self.answers.held.get((request.type.removeprefix(DYNAMIC), request.name), {})
        self.program.resources.append(Asked(request.type, request.name, {**_plain(inputs), **held}, told))
        return answer


def run(
    config: Mapping[str, Any],
    *,
    zones: Mapping[str, str] | None = None,
    vpc: str = "",
    image: str = IMAGE,
    before: Program | None = None,
    monitor: _Monitor | None = None,
) -> Program:
    """Run the program with a configuration (keys without the namespace).

    `zones` are those of existing subnets, `vpc` is theirs, `image` is the newest one, and `before` the run whose
    state is there already. `monitor` answers instead of one made of these. Raises what the program raises.
    """
    monitor = monitor or _Monitor(_Answers(zones or {}, vpc, image, before.held if before else {}))

    def program() -> pulumi.Output[None]:
        exported: dict[str, Any] = {}
        with patch.object(pulumi, "export", exported.__setitem__):
            runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")
        return pulumi.Output.from_input(exported).apply(monitor.program.outputs.update)

    # The position in the source that each resource was made at is a third of a run, and nobody reads it here.
    no_stack = patch.object(resource, "_get_stack_trace", source_pb2.StackTrace)
    # Nor is anything unknown in a run that is no preview, and the tests of the engine find a circle: half of a run.
    no_unknowns = patch.object(rpc, "contains_unknowns", lambda _value: False)
    no_circles = patch.object(rpc, "declare_dependency", lambda *_resources: True)
    # The program also asks when outputs become known, after its last line.
    ask = patch.object(AwsAccount, "ask", lambda _account, *asked, **more: monitor.answers.ask(*asked, **more))
    kms = patch.object(KmsSigner, "open", _in_kms)
    with _event_loop(), _own_root(), _configured(config), no_stack, no_unknowns, no_circles, ask, kms:
        mocks.set_mocks(monitor.mocks, project=NAMESPACE, stack="test", preview=False, monitor=monitor)
        mocks.test(program)()  # type: ignore[no-untyped-call]  # nor here
    monitor.program.held = monitor.answers.held
    return monitor.program


def _in_kms(signer: KmsSigner) -> SigningAccount:
    """Return an account of its own for each key that is named."""
    account: SigningAccount = Accounts.from_key(hashlib.sha256(signer.key_id.encode()).digest())
    return account


def made(config: Mapping[str, Any]) -> Program:
    """Return what the program asks for, for tests that only read it: it is run once for all of them."""
    return _made(json.dumps(config, sort_keys=True))


@cache
def _made(config: str) -> Program:
    return run(json.loads(config))


@contextmanager
def _event_loop() -> Iterator[None]:
    """Give Pulumi a loop of its own: another test may have closed that of the thread.

    Pulumi's mocks make one more loop in each worker thread and close none of them; here they go with their threads.
    """
    gc.freeze()  # collections do not search again what was there before: half a second each
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@contextmanager
def _own_root() -> Iterator[None]:
    """Have the program make its own stack resource: Pulumi keeps that of the last program of this process."""
    before = ROOT_RESOURCE.set(None)
    try:
        yield
    finally:
        ROOT_RESOURCE.reset(before)


@contextmanager
def _configured(config: Mapping[str, Any]) -> Iterator[None]:
    """Hand a configuration over as Pulumi does, in the folder of the checkout."""
    texts = {
        f"{NAMESPACE}:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in config.items()
    }
    before, folder = os.environ.get("PULUMI_CONFIG"), Path.cwd()
    os.environ["PULUMI_CONFIG"] = json.dumps(texts)
    os.chdir(ROOT)
    try:
        yield
    finally:
        os.chdir(folder)
        if before is None:
            del os.environ["PULUMI_CONFIG"]
        else:
            os.environ["PULUMI_CONFIG"] = before


_SIGNATURE = "4dabf18193072939515e22adb298388d"


def _plain(value: Any) -> Any:
    """Return a value without Pulumi's wrapping of secrets, outputs and assets."""
    if isinstance(value, dict):
        if _SIGNATURE in value and "value" in value:
            return _plain(value["value"])
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
