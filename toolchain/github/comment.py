"""Render what a job did as the comment on a pull request. Pure; uses the standard library only.

usage: python3 -m toolchain.github.comment preview STACK OUTCOME URL-OF-THE-LOG PLAN [HIDDEN-PATH]...
       python3 -m toolchain.github.comment bridge STACK OUTCOME URL-OF-THE-LOG UP,REPORT [HIDDEN-PATH]...

PLAN is a file with the output of `make preview`, UP with that of `make up`, REPORT with that of `make drill` and `make
status`. Prints the JSON body for the GitHub API.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from toolchain.github.markdown import LIMIT, fenced, folded, marker, readable, units
from toolchain.github.plan_summary import summary


def preview(stack: str, outcome: str, log: str, plan: str, hidden: Sequence[str] = ()) -> str:
    """Return the comment on a plan: what a reader must know, and the plan, folded.

    `hidden` are folders of the runner, which are removed from the text.
    """
    text = readable(plan, hidden)
    return _comment("preview", stack, outcome, log, (summary(text), "Plan", text))


def bridge(stack: str, outcome: str, log: str, up: str, report: str, hidden: Sequence[str] = ()) -> str:
    """Return the comment on a bridge that was created for a pull request: its drill and status, and its up, folded."""
    known = readable(report, hidden)
    parts = (f"{fenced(known)}\n\n" if known else "", "Up", readable(up, hidden))
    return _comment("bridge", stack, outcome, log, parts)


def _comment(kind: str, stack: str, outcome: str, log: str, parts: tuple[str, str, str]) -> str:
    known, title, text = parts
    if units(known) > LIMIT // 2:
        known = "**There is too much to list here: read the log.**\n\n"
    failed = "" if outcome == "success" else ": **failed**"
    head = f"{marker(kind, stack)}\n### {kind.capitalize()} of `{stack}`{failed}\n\n{known}"
    foot = f"\n\n[Full log]({log})\n"
    return f"{head}{folded(title, text, LIMIT - units(head) - units(foot))}{foot}"


def main(kind: str, stack: str, outcome: str, log: str, files: str, *hidden: str) -> None:
    """Print the comment."""
    first, *more = (_read(Path(file)) for file in files.split(","))
    if kind == "preview":
        body = preview(stack, outcome, log, first, hidden)
    else:
        body = bridge(stack, outcome, log, first, "\n".join(more), hidden)
    print(json.dumps({"body": body}))


def _read(file: Path) -> str:
    """Return the text of a file; none if the step ended before it wrote one."""
    return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""


if __name__ == "__main__":
    main(*sys.argv[1:])
