"""What has to be asked before a stack is destroyed, and before it is forgotten. Pure but for reading its input.

usage: pulumi stack export | python -m toolchain.ops.remains protected|unseen|unaccounted|disposable [SETTINGS-FILE]

Prints a sentence for each objection, and fails when there is one.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from components.domain.networks import CHAIN_IDS, MAINNET

State = Mapping[str, Any]
"""The deployment in an export."""

NAMESPACE = "servicechain-ha"
CLAIM = "pulumi-python:dynamic/servicechain:ExistingHost"
"""Type of what is made on a machine that stays."""


def protected(state: State) -> list[str]:
    """Return why nothing may be destroyed: Pulumi would stop at these too, but maybe after it removed others."""
    names = sorted(_name(resource) for resource in state.get("resources") or () if resource.get("protect"))
    if not names:
        return []
    return [
        f"the stack protects {len(names)} resource(s), so nothing is destroyed: {', '.join(names)}; "
        "set servicechain-ha:protection to false and run make up first"
    ]


def unseen(state: State) -> list[str]:
    """Return what a cloud may have made that the state knows nothing of: a run was killed meanwhile."""
    return [
        f"a run was cut off while {_name(resource)} ({resource['type']}) was being made, and nobody knows whether "
        "it is there: look for it in the AWS account and delete it"
        for resource in _begun(state)
        if resource["type"].startswith("aws:")
    ]


def unaccounted(state: State) -> list[str]:
    """Return why the stack may not be forgotten: something that nobody would remove may be left of it somewhere."""
    known = {resource["urn"] for resource in state.get("resources") or ()}
    return unseen(state) + [
        f"a run was cut off while the machine of {_name(resource)} was being claimed, and it may hold the claim: "
        "remove the folder of the node there, or let make up take the claim over and make down give it back"
        for resource in _begun(state)
        if resource["type"] == CLAIM and resource["urn"] not in known
    ]


def _begun(state: State) -> list[State]:
    operations = state.get("pending_operations") or ()
    return [operation["resource"] for operation in operations if operation["type"] == "creating"]


def disposable(state: State, settings: Mapping[str, Any]) -> list[str]:
    """Return why the stack may not be destroyed with nobody at the keyboard: by what is up, and by what is declared."""
    config = settings.get("config") or {}
    outputs: Mapping[str, Any] = next(
        (r.get("outputs") or {} for r in state.get("resources") or () if r["type"] == "pulumi:pulumi:Stack"), {}
    )
    parent = config.get(f"{NAMESPACE}:parentChain")
    objections = protected(state)
    if isinstance(parent, Mapping) and (
        parent.get("network") == MAINNET or parent.get("chainId") == CHAIN_IDS[MAINNET]
    ):
        objections.append("its settings say that its parent chain is mainnet")
    if (outputs.get("parentChain") or {}).get("chainId") == CHAIN_IDS[MAINNET]:
        objections.append("what is up has mainnet as its parent chain")
    if str(config.get(f"{NAMESPACE}:protection")).lower() == "true":
        objections.append("its settings say that it is protected")
    return objections


def _name(resource: Mapping[str, Any]) -> str:
    return str(resource["urn"]).rpartition("::")[2]


def main(question: str, settings: str | None = None) -> int:
    """Answer one question about the export on standard input."""
    state: State = json.load(sys.stdin).get("deployment") or {}
    if question == "disposable":
        file = Path(settings or "")
        objections = disposable(state, (yaml.safe_load(file.read_text()) if file.is_file() else None) or {})
    else:
        objections = {"protected": protected, "unseen": unseen, "unaccounted": unaccounted}[question](state)
    for objection in objections:
        print(f"error: {objection}", file=sys.stderr)
    return int(bool(objections))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
