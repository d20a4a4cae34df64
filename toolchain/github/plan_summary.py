"""What a reader must know of a plan. Pure; uses the standard library only."""

import re
from collections.abc import Iterator, Sequence

from toolchain.github.markdown import fenced
from toolchain.github.plan_calls import calls

_OUTPUT = re.compile(r"^ {2,4}(?:[+~-] )?(?:survives|fees) *:")
"""At this depth only: the output childCouncil has a `survives` too."""
_RESTARTS = re.compile(r"restarts in this order: .*")
_CODED = re.compile(r"\[SCH-\d{3}\]")
_SEVERE = re.compile(r"^ *(?:error|warning): ")
_POLICY = re.compile(r"^ *\S+@v\S+ \[(?P<level>mandatory|advisory)\] +(?P<name>[\w-]+) ")
_CLOSING = {"{": "}", "[": "]"}


def summary(text: str) -> str:
    """Return what a reader must know of a plan, as Markdown; empty if the plan has nothing of it."""
    lines = text.splitlines()
    restarts = list(dict.fromkeys(found[0].strip() for line in lines if (found := _RESTARTS.search(line))))
    parts = {
        "Refused, or warned of": list(dict.fromkeys(_refused(lines))),
        "Nodes": restarts,
        "Calls on chain, each of which sends only what the chain lacks": calls(lines),
        "Outputs": list(_outputs(lines)),
    }
    return "".join(f"**{title}**\n{fenced(chr(10).join(found))}\n\n" for title, found in parts.items() if found)


def _refused(lines: Sequence[str]) -> Iterator[str]:
    """Yield errors and warnings with a code, the points of one that is a list, and policies that are violated.

    What a resource reports as drift has a code too, but no such line above it.
    """
    listed = False
    policy = ""
    for line in lines:
        coded = _CODED.search(line)
        if found := _POLICY.match(line):
            policy = f"{found['name']}, {found['level']}: "
        elif _SEVERE.match(line):
            listed = True
            if coded:
                yield line.strip()
        elif policy and coded:  # the message is below the description, not indented
            yield policy + line.strip()
            policy = ""
        elif not line.startswith("  "):
            listed = listed and not line.strip()
        elif listed and coded:
            yield line.strip()


def _outputs(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of outputs that matter, with all lines of one that is a structure."""
    closing = ""
    for line in lines:
        if closing:
            yield line
            closing = "" if line == closing else closing
        elif _OUTPUT.match(line):
            yield line
            inner = _CLOSING.get(line[-1:], "")
            closing = f"{' ' * (len(line) - len(line.lstrip(' +~-')))}{inner}" if inner else ""
