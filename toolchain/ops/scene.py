"""Input of a drill: pairs, nodes and owners of a running local stack, from an export of its state. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from components.chain.accounts.signer import AnySigner, Signer
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.operations import NO_DRILL_HERE, STACK_NOT_UP
from components.domain.problems.problem import CodedError, Message
from toolchain.ops.state import by_name, resources_of

OTHER = {"parent": "child", "child": "parent"}


class Refused(CodedError):
    """The stack cannot be drilled; the message says why."""


@dataclass(frozen=True)
class Pair:
    """One pair, and the program's start command of its EN."""

    name: str
    kni: str
    en: Endpoint
    scn: Endpoint
    start: str


@dataclass(frozen=True)
class Scene:
    """Input of a drill, from an export of the state. Mappings are keyed by chain: `parent` and `child`."""

    pairs: tuple[Pair, ...]
    chain_ids: Mapping[str, int]
    bridges: Mapping[str, str]
    owners: Mapping[str, Signer]
    views: Mapping[str, Endpoint]
    """A node of each chain that is not killed."""

    @classmethod
    def of(cls, export: Mapping[str, Any]) -> "Scene":
        """Read an export. Raises Refused unless all machines are local hosts and the parent chain is private."""
        found = resources_of(export)
        outputs: Mapping[str, Any] = next((r["outputs"] for r in found if r["type"] == "pulumi:pulumi:Stack"), {})
        nodes = by_name(found, "servicechain:RunningNode")
        if reason := _why_not(nodes, set(by_name(found, "servicechain:LocalHost")), outputs):
            raise Refused(reason)
        starts, contracts = by_name(found, "remote:Command"), by_name(found, "servicechain:BridgeContract")
        signer: TypeAdapter[Signer] = TypeAdapter(AnySigner)
        at = {name: Endpoint.model_validate(node["node"]) for name, node in nodes.items()}
        pairs = tuple(
            Pair(
                name=name,
                kni=pair["en"]["kni"],
                en=at[pair["en"]["name"]],
                scn=at[pair["scn"]["name"]],
                start=starts[f"{pair['en']['name']}-start"]["create"],
            )
            for name, pair in outputs["pairs"].items()
        )
        return cls(
            pairs=pairs,
            chain_ids={name: int(outputs[f"{name}Chain"]["chainId"]) for name in OTHER},
            bridges={name: str(outputs[f"{name}Chain"]["bridge"]) for name in OTHER},
            owners={name: signer.validate_python(contracts[f"{name}-bridge"]["signer"]) for name in OTHER},
            views={"parent": _node_of(nodes, "validator"), "child": _node_of(nodes, "scn")},
        )


def _why_not(nodes: Mapping[str, Any], local: set[str], outputs: Mapping[str, Any]) -> Message | None:
    if not nodes or "pairs" not in outputs:
        return STACK_NOT_UP("the stack is not up; run make up first")
    if strangers := sorted(nodes.keys() - local):
        where = ", ".join(strangers)
        return NO_DRILL_HERE(f"a drill kills nodes on local hosts only; these nodes are elsewhere: {where}")
    if not any(node["role"] == "validator" for node in nodes.values()):
        return NO_DRILL_HERE("a drill spends the owner's coins, so it needs a private parent chain of the stack")
    return None


def _node_of(nodes: Mapping[str, Any], role: str) -> Endpoint:
    return Endpoint.model_validate(next(node["node"] for node in nodes.values() if node["role"] == role))
