"""The policy pack as the real engine runs it, and what it said."""

import subprocess
from pathlib import Path

from tests.run import Run
from tests.stack import ROOT

NAME = "servicechain-ha"


def pack() -> str:
    """Return the folder for --policy-pack."""
    made = subprocess.run([ROOT / "toolchain/policy/pack"], capture_output=True, text=True, check=True)
    return made.stdout.strip()


def held(run: Run) -> bool:
    """Tell whether the pack was run, and every resource keeps to it."""
    ran = [pack for event in run.events if event.summary_event for pack in event.summary_event.policy_packs]
    return [pack.partition("|")[0] for pack in ran] == [NAME] and not violated(run)  # name|local|folder


def violated(run: Run) -> set[tuple[str, str]]:
    """Return each policy that refuses something, with the name of the resource that it reports."""
    return _said(run, "mandatory")


def advised(run: Run) -> set[tuple[str, str]]:
    """Return the same of policies that refuse nothing."""
    return _said(run, "advisory")


def _said(run: Run, level: str) -> set[tuple[str, str]]:
    found = [event.policy_event for event in run.events if event.policy_event]
    return {
        (one.policy_name, (one.resource_urn or "").rpartition("::")[2])
        for one in found
        if one.enforcement_level == level
    }


def folder_of(program: str) -> Path:
    """Return a program of the tests."""
    return Path(__file__).resolve().parent / program
