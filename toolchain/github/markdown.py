"""Output of commands as Markdown for GitHub: readable, fenced, short enough. Pure; standard library only."""

import re
from collections.abc import Sequence

LIMIT = 65_536
"""Maximum characters of a comment or an issue on GitHub. Counted here in UTF-16, which is never fewer."""

_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_CUT = "\n… the rest is in the log"


def marker(kind: str, stack: str) -> str:
    """Return the invisible marker at the start of a comment or an issue, by which it is found again."""
    return f"<!-- servicechain-ha {kind} of {stack} -->"


def readable(text: str, hidden: Sequence[str] = ()) -> str:
    """Return the output of a command without colours, control characters, private keys and progress of the toolchain.

    `hidden` are folders of the runner, which are removed from the text.
    """
    text = _COLOUR.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    text = _PRIVATE_KEY.sub("[secret]", _CONTROL.sub("", text))
    # Longest first: one may be inside another.
    for path in sorted(filter(None, hidden), key=len, reverse=True):
        text = text.replace(path.rstrip("/") + "/", "").replace(path.rstrip("/"), ".")
    return "\n".join(line for line in text.splitlines() if not line.startswith("==> ")).strip("\n")


def fenced(text: str) -> str:
    """Return the text in a fence that it cannot end."""
    fence = _fence(text)
    return f"{fence}text\n{text}\n{fence}"


def folded(title: str, text: str, room: int) -> str:
    """Return the text in a fence, folded below a title, cut at a line so that all has at most `room` UTF-16 units."""
    fence = _fence(text)
    head, foot = f"<details><summary>{title}</summary>\n\n{fence}text\n", f"\n{fence}\n\n</details>"
    room -= units(head) + units(foot)
    if units(text) > room:
        text = _first(text, room - units(_CUT)) + _CUT
    return f"{head}{text}{foot}"


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le", errors="replace")) // 2


def _fence(text: str) -> str:
    """Return more backticks than stand together anywhere in a text."""
    return "`" * (1 + max([2, *(len(run) for run in re.findall(r"`+", text))]))


def _first(text: str, room: int) -> str:
    """Return whole lines, at most `room` UTF-16 units."""
    start = text.encode("utf-16-le", errors="replace")[: 2 * room].decode("utf-16-le", errors="ignore")
    return start.rpartition("\n")[0] or start
