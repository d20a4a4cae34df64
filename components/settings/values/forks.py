"""The setting `forks` of a chain of our own: first blocks, as a node takes them."""

from typing import Annotated

from pydantic import AfterValidator

from components.domain import forks
from components.domain.problems.settings import FORK_ORDER, UNKNOWN_FORK
from components.settings.values.types import NotNegative, anchored, json_schema, shown


def _forks(blocks: dict[str, int]) -> dict[str, int]:
    """Refuse what no node takes: an unknown fork, or a later one with an earlier block."""
    if unknown := next((name for name in blocks if name not in forks.OWN), None):
        raise ValueError(UNKNOWN_FORK(f"there is no fork {shown(unknown)}; write one of {', '.join(forks.OWN)}"))
    every = forks.of_own_chain(blocks)
    if wrong := forks.out_of_order(every):
        one, other = wrong
        raise ValueError(
            FORK_ORDER(
                f"{one} at block {every[one]} is later than {other} at block {every[other]}; a node takes forks in the "
                f"order {', '.join(forks.OWN)} only, and those that are not named have block 0, except kaia"
            )
        )
    return blocks


Forks = Annotated[
    dict[str, NotNegative],
    AfterValidator(_forks),
    json_schema(
        "object",
        "mapping of fork to block",
        patternProperties={
            anchored("|".join(forks.OWN)): {"type": "integer", "minimum": 0, "title": "whole number, 0 or more"}
        },
        additionalProperties=False,
        examples=[{"kaia": 1_200_000}],
    ),
]
