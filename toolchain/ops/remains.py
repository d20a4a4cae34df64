"""Checks of a state before a step that cannot be undone. Pure except for reading its input.

usage: pulumi stack export | python -m toolchain.ops.remains QUESTION [SETTINGS-FILE [SEED-FILE]]
QUESTION is protected, unseen, unaccounted, disposable or seedless.

Prints one line per objection, and fails if there is any.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from components.domain.networks import CHAIN_IDS, MAINNET
from components.domain.problems.operations.state import (
    MAYBE_CLAIMED,
    MAYBE_IN_THE_CLOUD,
    NOT_DISPOSABLE,
    SEED_LOST,
    STACK_PROTECTED,
)
from components.domain.problems.problem import Message
from components.settings.sentences import NAMESPACE
from components.settings.short_forms import written_out
from toolchain.ops.settings_file import config_in

State = Mapping[str, Any]
"""The deployment in an export."""

CLAIM = "pulumi-python:dynamic/servicechain:ExistingHost"
"""Type of the claim on an existing host."""
ACCOUNT = "pulumi-python:dynamic/servicechain:Account"


def protected(state: State) -> list[Message]:
    """Return why nothing may be destroyed: Pulumi stops at protected resources, but maybe after it removed others."""
    names = sorted(_name(resource) for resource in state.get("resources") or () if resource.get("protect"))
    if not names:
        return []
    words = f"nothing is destroyed, because the stack protects {len(names)} resource(s): {', '.join(names)}"
    return [STACK_PROTECTED(f"{words}; set servicechain-ha:protection to false and run make up first")]


def unseen(state: State) -> list[Message]:
    """Return what AWS may have created that is not in the state, because a run was killed meanwhile."""
    return [
        MAYBE_IN_THE_CLOUD(
            f"a run was interrupted while it created {_name(resource)} ({resource['type']}), so it may exist outside "
            "of the state: look for it in the AWS account and delete it"
        )
        for resource in _begun(state)
        if resource["type"].startswith("aws:")
    ]


def unaccounted(state: State) -> list[Message]:
    """Return why the state must be kept: something outside of it may exist that nobody would remove."""
    known = {resource["urn"] for resource in state.get("resources") or ()}
    return unseen(state) + [
        MAYBE_CLAIMED(
            f"a run was interrupted while it claimed the machine of {_name(resource)}, which may still be claimed: "
            "delete the node's folder there, or run make up, which takes over the claim, and make down, which releases "
            "it"
        )
        for resource in _begun(state)
        if resource["type"] == CLAIM and resource["urn"] not in known
    ]


def _begun(state: State) -> list[State]:
    operations = state.get("pending_operations") or ()
    return [operation["resource"] for operation in operations if operation["type"] == "creating"]


def disposable(state: State, config: Mapping[str, Any] | None) -> list[Message]:
    """Return why the stack may not be destroyed unattended, judged by its state and its settings (None: unreadable)."""
    outputs: Mapping[str, Any] = next(
        (r.get("outputs") or {} for r in state.get("resources") or () if r["type"] == "pulumi:pulumi:Stack"), {}
    )
    objections = protected(state)
    if config is None:
        objections.append(NOT_DISPOSABLE("its settings file cannot be read"))
        config = {}
    parent = written_out({key.removeprefix(f"{NAMESPACE}:"): value for key, value in config.items()}).get("parentChain")
    if isinstance(parent, Mapping) and (
        parent.get("network") == MAINNET or parent.get("chainId") == CHAIN_IDS[MAINNET]
    ):
        objections.append(NOT_DISPOSABLE("the parent chain in its settings is mainnet"))
    if (outputs.get("parentChain") or {}).get("chainId") == CHAIN_IDS[MAINNET]:
        objections.append(NOT_DISPOSABLE("the parent chain in its state is mainnet"))
    if str(config.get(f"{NAMESPACE}:protection")).lower() == "true":
        objections.append(NOT_DISPOSABLE("protection is on in its settings"))
    return objections


def seedless(state: State, config: Mapping[str, Any] | None, seed_file: str) -> list[Message]:
    """Return why no new seed may be made for a stack whose settings name this file: it has keys of another one."""
    named = (config or {}).get(f"{NAMESPACE}:identitySeedFile")
    keys = [resource for resource in state.get("resources") or () if resource["type"] == ACCOUNT]
    if not keys or named is None or Path(str(named)).resolve() != Path(seed_file).resolve():
        return []
    return [SEED_LOST(f"{seed_file} is missing, and the stack has {len(keys)} keys that follow from it: put it back")]


def _name(resource: Mapping[str, Any]) -> str:
    return str(resource["urn"]).rpartition("::")[2]


def main(question: str, settings: str = "", seed_file: str = "") -> int:
    """Answer one question about the export on standard input."""
    state: State = json.load(sys.stdin).get("deployment") or {}
    if question == "disposable":
        objections = disposable(state, config_in(Path(settings)))
    elif question == "seedless":
        objections = seedless(state, config_in(Path(settings)), seed_file)
    else:
        objections = {"protected": protected, "unseen": unseen, "unaccounted": unaccounted}[question](state)
    for objection in objections:
        print(f"error: {objection}", file=sys.stderr)
    return int(bool(objections))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
