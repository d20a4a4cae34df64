"""The section `packages.forks`: forks of the public networks that this program does not know yet."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from components.domain.forks import Fork
from components.domain.networks import PublicNetwork
from components.domain.problems.settings import OUT_OF_RANGE, WRONG_FORM
from components.settings.values.types import Form, Range, Section, Whole, json_schema, shown
from components.settings.values.versions import Version

_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})( 00:00:00 \+0000 UTC)?")
"""YAML reads a day without quotes as a time, and Pulumi passes it on in the longer form."""


LAST_BLOCK = 2_000_000_000
"""At one block per second, a block after 2080."""
YEARS = range(2020, 2100)


def _day(value: Any) -> Any:
    found = _DAY.fullmatch(str(value)) if isinstance(value, str | date) else None
    try:
        day = date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise ValueError(WRONG_FORM(f"{shown(value)} is not a day; write it like 2026-11-18")) from None
    if day.year not in YEARS:
        raise ValueError(OUT_OF_RANGE(f"{day} is out of range; write a day from {YEARS[0]} to {YEARS[-1]}"))
    return day


Day = Annotated[date, BeforeValidator(_day), json_schema("string", "day", format="date")]
ForkName = Annotated[str, Form("name of a fork", "[A-Za-z][A-Za-z0-9 ._-]{0,39}", "Osaka")]


class ForkSettings(Section):
    """A fork of a public network. One with the name of a fork that the program knows replaces it."""

    network: PublicNetwork = Field(examples=["mainnet"])
    """The network that has it."""
    name: ForkName = Field(examples=["Permissionless"])
    """Its name in the release notes of the node."""
    block: Annotated[Whole, Range(1, LAST_BLOCK, "of the network")] = Field(examples=[250_000_000])
    """The block from which on it is in force."""
    expected: Day | None = Field(default=None, examples=["2027-03-01"])
    """The day of that block, in UTC. Without it, it is counted from other forks, with one block per second."""
    since: Version = Field(examples=["v3.1.0"])
    """The first version of the node that has this fork at this block."""

    @property
    def fork(self) -> Fork:
        """Return the fork as it is compared with versions."""
        return Fork(self.network, self.name, self.block, self.expected, self.since, "packages.forks")
