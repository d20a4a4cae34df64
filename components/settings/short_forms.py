"""Settings in short: what `pulumi new` asks for, and `pulumi config set` can set without a path.

The one place that knows them. Everything behind it sees the sections that they stand for.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from components.domain.networks import CHAIN_IDS
from components.domain.problems.problem import Message
from components.domain.problems.settings import DUPLICATE
from components.settings.sentences import at
from components.settings.values.types import Name, shown

THRESHOLD = "threshold"
PRIVATE_CHAIN_ID = 2020
"""Of a parent chain that the stack runs."""
SPARES = ("spare-1", "spare-2")
"""SCNs without a pair. With those of two pairs they are four, which survive the loss of one. Their number does not
depend on that of the pairs, so that a pair which joins or goes touches no other SCN."""

_NAME: TypeAdapter[str] = TypeAdapter(Name)


def written_out(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration (keys without the namespace) with sections in the place of what is short for them.

    What is wrong stays wrong, so that the model reports it.
    """
    found = dict(raw)
    if isinstance(names := raw.get("pairs"), str) and names:
        found["pairs"] = [_pair(number, name.strip()) for number, name in enumerate(names.split(","), 1)]
    chain_id = raw.get("serviceChain")
    if isinstance(chain_id, str | int) and not isinstance(chain_id, bool):
        found["serviceChain"] = {"chainId": chain_id, "nodes": [*_scns(found.get("pairs")), *SPARES]}
    if isinstance(network := raw.get("parentChain"), str):
        known = {} if network in list(CHAIN_IDS) else {"chainId": PRIVATE_CHAIN_ID}
        found["parentChain"] = {"network": network, **known}
    if THRESHOLD in raw:
        votes, bridge = found.pop(THRESHOLD), raw.get("bridge", {})
        found["bridge"] = {"threshold": votes, **bridge} if isinstance(bridge, Mapping) else bridge
    return found


def contradictions(raw: Mapping[str, Any]) -> list[Message]:
    """Return a message for a value that is given in short and in its section, and is not the same."""
    bridge = raw.get("bridge")
    if THRESHOLD not in raw or not isinstance(bridge, Mapping) or "threshold" not in bridge:
        return []
    short, long = raw[THRESHOLD], bridge["threshold"]
    if short == long:
        return []
    return [at(THRESHOLD, DUPLICATE(f"{shown(short)} is for bridge.threshold, which is {shown(long)}; remove one"))]


def _pair(number: int, name: str) -> dict[str, str]:
    """Return a pair with an SCN of its own. One with a wrong name has a good SCN, because one message is enough."""
    try:
        _NAME.validate_python(name)
    except ValidationError:
        return {"name": name, "scn": f"pair-{number}-scn"}
    return {"name": name, "scn": f"{name}-scn"}


def _scns(pairs: object) -> list[str]:
    listed = pairs if isinstance(pairs, list) else []
    found = [pair.get("scn") for pair in listed if isinstance(pair, Mapping)]
    return [scn for scn in found if isinstance(scn, str)]
