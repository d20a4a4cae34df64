"""What a reader must know of a plan. Pure; uses the standard library only."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from toolchain.github.markdown import fenced

_STEP = re.compile(r"^ *(?:\+-|\+\+|--|[+~-]) *pulumi-python:dynamic/servicechain:(?P<kind>\w+): \((?P<verb>[\w-]+)")
_OUTPUT = re.compile(r"^ *(?:[+~-] *)?(?:survives|fees) *:")
_RESTARTS = re.compile(r"restarts in this order: .*")
_REFUSED = re.compile(r"^ *(?:error|warning): .*\[SCH-\d{3}\].*$")
_CALLED = (
    "BridgeContract",
    "BridgeOperator",
    "DevelopmentToken",
    "OperatorThreshold",
    "OtherOperators",
    "TokenRegistration",
    "TransferFees",
)
"""Resources on the contracts. Each step of one is one call or more, sent and paid by the owner of its contract."""
_CLOSING = {"{": "}", "[": "]"}


def summary(text: str) -> str:
    """Return what a reader must know of a plan, as Markdown; empty if the plan has nothing of it."""
    lines = text.splitlines()
    refused = list(dict.fromkeys(line.strip() for line in lines if _REFUSED.match(line)))
    restarts = list(dict.fromkeys(found[0].strip() for line in lines if (found := _RESTARTS.search(line))))
    calls = Counter(
        (step["kind"], step["verb"]) for line in lines if (step := _STEP.match(line)) and step["kind"] in _CALLED
    )
    parts = {
        "Refused, or warned of": refused,
        "Nodes": restarts,
        "Calls on chain, paid by the owners": [
            f"{count} x {verb} {kind}" for (kind, verb), count in sorted(calls.items())
        ],
        "Outputs": list(_outputs(lines)),
    }
    return "".join(f"**{title}**\n{fenced(chr(10).join(found))}\n\n" for title, found in parts.items() if found)


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
