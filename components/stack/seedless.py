"""A preview without the seed, the owners' keys and all other secrets, by somebody who may not have them.

`make preview SEEDLESS=FILE` gives the engine a state in which each secret has a stand-in (toolchain/ops/public_state),
and names in a variable the file with what follows from secrets and is none. What exists keeps its keys, so the program
finds the stand-ins where it would find the secrets, and the plan is that of a preview with secrets. Only what is new
has other keys, and so other addresses, than it will have.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pulumi

from components.domain.problems.setup import PLACEHOLDERS, SEEDLESS_UP
from components.domain.seed import WITHOUT_SEED

SEED = "00" * 32
"""Replaces the seed. Everybody knows the keys that follow from it, so nothing is ever made with it."""
NOBODY = f"0x{'00' * 20}"
"""Address of an owner that is not known."""
UNKNOWN = "https://unknown.invalid"
"""Replaces the secret of a receiver of alerts that is new. It has the form of all of them."""
_LIMITS = frozenset({"chain", "max_gas_price", "funding_minutes", "address"})
"""Parts of a signer in the state that say nothing of where its key is."""


@dataclass(frozen=True)
class Known:
    """What follows from secrets and is none; and stand-ins of secrets that are in no state."""

    time: str = ""
    """When the state was written."""
    empty: bool = False
    """Whether the state has nothing."""
    network: str | None = None
    """The id of the stack's machines; None for a new stack."""
    accounts: frozenset[str] = frozenset()
    """Names of the accounts that exist."""
    owners: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By chain: the signer in the state, of an owner whose key is elsewhere."""
    receivers: Mapping[str, str] = field(default_factory=dict)
    """By name, as in stack.receivers."""

    def owner(self, chain: str, reference: Mapping[str, object]) -> str:
        """Return the address of the key that the settings name for a chain; NOBODY if the state names another one."""
        held = self.owners.get(chain, {})
        same = {name: value for name, value in held.items() if name not in _LIMITS} == dict(reference)
        return str(held["address"]) if same else NOBODY


def known() -> Known | None:
    """Return what is known in a preview without the seed; None in any other run.

    Raises pulumi.RunError in an up or a destroy.
    """
    file = os.environ.get(WITHOUT_SEED)
    if not file:
        return None
    if not pulumi.runtime.is_dry_run():
        words = f"{WITHOUT_SEED} is set, and this run is no preview: it would make keys of a seed that everybody knows"
        raise pulumi.RunError(SEEDLESS_UP(words))
    return _read(file)


@cache
def _read(file: str) -> Known:
    told = json.loads(Path(file).read_text())
    return Known(
        told["time"],
        bool(told.get("empty")),
        told["network"],
        frozenset(told["accounts"]),
        told["owners"],
        told["receivers"],
    )


def tell(told: Known) -> None:
    """Say what kind of preview it is."""
    if not told.empty:
        state = f"the state of {told.time}: secrets have stand-ins"
    elif told.time:
        state = f"the state of {told.time}, which is empty: secrets have placeholders"
    else:
        state = "nothing, as the stack is said to be new; if it was ever up, this is wrong: secrets have placeholders"
    pulumi.log.warn(
        PLACEHOLDERS(f"a preview without seed and keys, compared with {state}, and no machine and no chain is asked")
    )


def new(whose: str) -> None:
    """Say whose identity is not known, unless none is."""
    if (told := known()) and told.empty:
        return
    words = f"the identity of {whose} is not known without the seed: placeholders are shown in its place"
    pulumi.log.warn(PLACEHOLDERS(words))
