"""Render a preview as a pull request comment. Pure; uses the standard library only.

usage: python3 -m toolchain.plan_comment STACK success|failure URL-OF-THE-LOG FILE-WITH-THE-PLAN [HIDDEN-PATH]...

Prints the JSON body for the GitHub API.
"""

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

LIMIT = 65_536
"""Maximum characters of a GitHub comment. Counted here in UTF-16, which is never fewer."""

_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)


def marker(stack: str) -> str:
    """Return the invisible marker by which the comment is found again."""
    return f"<!-- servicechain-ha preview of {stack} -->"


def body(stack: str, outcome: str, log: str, plan: str, hidden: Sequence[str] = ()) -> str:
    """Return the comment. `hidden` are folders of the runner, which are removed from the text."""
    text = _readable(plan, hidden)
    fence = "`" * (1 + max([2, *(len(run) for run in re.findall(r"`+", text))]))
    title = f"Preview of `{stack}`" if outcome == "success" else f"Preview of `{stack}`: **failed**"
    head = f"{marker(stack)}\n### {title}\n\n"
    foot = f"\n\n[Full log]({log})\n"
    cut = "\n… the rest is in the log"
    room = LIMIT - _units(f"{head}{fence}text\n\n{fence}{foot}")
    if _units(text) > room:
        text = _first(text, room - _units(cut)) + cut
    return f"{head}{fence}text\n{text}\n{fence}{foot}"


def _readable(plan: str, hidden: Sequence[str]) -> str:
    text = _COLOUR.sub("", plan).replace("\r\n", "\n").replace("\r", "\n")
    text = _PRIVATE_KEY.sub("[secret]", _CONTROL.sub("", text))
    # Longest first: one may be inside another.
    for path in sorted(filter(None, hidden), key=len, reverse=True):
        text = text.replace(path.rstrip("/") + "/", "").replace(path.rstrip("/"), ".")
    # Progress lines of the toolchain are not part of the plan.
    return "\n".join(line for line in text.splitlines() if not line.startswith("==> ")).strip("\n")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", errors="replace")) // 2


def _first(text: str, units: int) -> str:
    """Return whole lines, at most `units` UTF-16 units."""
    start = text.encode("utf-16-le", errors="replace")[: 2 * units].decode("utf-16-le", errors="ignore")
    return start.rpartition("\n")[0] or start


def main(stack: str, outcome: str, log: str, plan: str, *hidden: str) -> None:
    """Print the comment."""
    text = Path(plan).read_text(encoding="utf-8", errors="replace")
    print(json.dumps({"body": body(stack, outcome, log, text, hidden)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
