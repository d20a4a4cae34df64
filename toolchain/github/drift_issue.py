"""Render what a check of a stack found as the issue of that stack. Pure; uses the standard library only.

usage: python3 -m toolchain.github.drift_issue STACK OUTCOME REFRESH OUTCOME STATUS URL-OF-THE-LOG [HIDDEN-PATH]...

REFRESH is a file with the output of `make refresh`, STATUS one with that of `make status ARGS=--json`, each after the
outcome of its step. Prints the JSON body for the GitHub API; nothing if the stack is clean.
"""

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toolchain.github.markdown import LIMIT, fenced, folded, marker, readable, units

CLEAN = "success"
"""The outcome of a step of GitHub Actions whose command ended with 0."""

_CODED = re.compile(r"\[SCH-\d{3}(?:, SCH-\d{3})*\]")
_CHANGE = re.compile(r"\s*[+~-] ")
_DECORATION = re.compile(r"^(?:info|warning|error|diagnostic): ")


@dataclass(frozen=True)
class Step:
    """A command that looked at the stack: how it ended, and what it printed."""

    outcome: str
    text: str

    @property
    def clean(self) -> bool:
        """Return whether the command ended with 0. Neither command does if it found anything, or could not look."""
        return self.outcome == CLEAN


def issue(stack: str, refresh: Step, status: Step, log: str) -> dict[str, str] | None:
    """Return title and body of the issue; None only if both commands looked and found nothing."""
    if refresh.clean and status.clean:
        return None
    verdict, found = _reported(status)
    parts = {
        "Status": [verdict, *found],
        "Drift": [] if refresh.clean else _drift(refresh.text),
    }
    known = "".join(f"**{title}**\n{fenced(chr(10).join(lines))}\n\n" for title, lines in parts.items() if lines)
    if units(known) > LIMIT // 2:
        known = "**There is too much to list here: read the log.**\n\n"
    head = (
        f"{marker('drift', stack)}\nThe last check of `{stack}` found what is listed here. The first check that finds"
        f" nothing closes the issue.\n\n{known}"
    )
    foot = f"\n\n[Full log]({log})\n"
    room = LIMIT - units(head) - units(foot)
    return {"title": f"Drift: {stack}", "body": f"{head}{folded('Refresh', refresh.text, room)}{foot}"}


def _reported(status: Step) -> tuple[str, list[str]]:
    """Return the verdict and the findings of a report; without a report, that there is none."""
    try:
        report = json.loads(status.text)
        verdict, findings = str(report["verdict"]["text"]), report["findings"]
        lines = [f"{one['level']}: {one['subject']}: {one['text']} [{', '.join(one['codes'])}]" for one in findings]
    except (ValueError, KeyError, TypeError):
        return "the status could not be read, see the log", []
    return verdict, lines


def _drift(text: str) -> list[str]:
    """Return what a refresh said with a code, each once; without any, that it found a change or ended early.

    The plan repeats what resources report, as changes of their outputs.
    """
    lines = (line.strip() for line in text.splitlines() if _CODED.search(line) and not _CHANGE.match(line))
    return list(dict.fromkeys(_DECORATION.sub("", line) for line in lines)) or [
        "the refresh found changes, or could not read the stack; see below"
    ]


def main(stack: str, *rest: str) -> None:
    """Print the issue, if there is one."""
    refresh, refreshed, status, report, log, *hidden = rest
    found = issue(stack, _step(refresh, refreshed, hidden), _step(status, report, hidden), log)
    if found:
        print(json.dumps(found))


def _step(outcome: str, file: str, hidden: Sequence[str]) -> Step:
    path = Path(file)
    return Step(outcome, readable(path.read_text(encoding="utf-8", errors="replace"), hidden) if path.exists() else "")


if __name__ == "__main__":
    main(*sys.argv[1:])
