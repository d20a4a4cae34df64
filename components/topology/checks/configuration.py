"""Reading a configuration: all of its problems at once, before any resource exists.

A message says where (the path of the key), what is wrong, and what to write instead. It never shows a secret.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from components.domain.problems.problem import Message
from components.domain.problems.settings import FEW_SCNS, NO_SPARE_VOTE, SINGLE_PAIR
from components.domain.quorum import FAULT_TOLERANT
from components.settings.model import Settings
from components.settings.rules import between
from components.settings.sentences import sentence
from components.settings.short_forms import contradictions, written_out
from components.settings.values.types import hidden
from components.topology.checks import funds, machines, versions


class BadSettings(Exception):
    """The configuration cannot be used. `problems` has a message for each reason, each with its own code."""

    def __init__(self, problems: list[Message]) -> None:
        self.problems = problems = [Message(hidden(problem)) for problem in problems]
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"{count} in the configuration of this stack:\n{lines}")


def read(raw: Mapping[str, Any]) -> Settings:
    """Return the settings in a configuration (keys without the namespace). Raises BadSettings with all problems."""
    problems: list[Message] = contradictions(raw)
    raw = written_out(raw)
    settings = None
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        problems += [sentence(problem) for problem in error.errors(include_url=False)]
    problems += between.problems(raw)
    problems += machines.problems(raw)
    if settings is not None and not problems:
        problems += funds.problems(settings)
    if problems or settings is None:
        raise BadSettings(problems)
    return settings


def warnings(settings: Settings, today: date) -> list[Message]:
    """Return a message for everything that is allowed but risky; first what stops the bridge by itself.

    `today`: the day that forks are compared with, in UTC.
    """
    found = list(versions.warnings(settings, today))
    pairs, threshold, scns = len(settings.pairs), settings.bridge.threshold, len(settings.service_chain.nodes)
    if pairs == 1:
        found.append(
            SINGLE_PAIR(
                "1 pair is a single point of failure: anchoring and value transfer stop with it; add a second pair"
            )
        )
    elif threshold == pairs and settings.bridge.threshold_set:
        found.append(
            NO_SPARE_VOTE(
                f"threshold {threshold} of {pairs} pairs has no fault tolerance: one lost pair stops all value "
                f"transfer until it is back; a threshold of {pairs - 1} or less survives a loss"
            )
        )
    more = "" if settings.runs_child_chain else ", unless others have more"
    if scns < FAULT_TOLERANT:
        found.append(
            FEW_SCNS(
                f"{scns} SCN(s): the child chain stops when one is lost, and all anchoring and value transfer with "
                f"it{more}; {FAULT_TOLERANT} survive the loss of one"
            )
        )
    if not settings.bridge.threshold_set and pairs > 1:
        found.append(
            NO_SPARE_VOTE(
                "bridge.threshold is not given, so the contracts keep their own, which the output `threshold` shows "
                "after up: if the remaining pairs have fewer votes than that, a lost pair stops all value transfer"
            )
        )
    found += funds.warnings(settings)
    found += machines.warnings(settings)
    return found
