"""Write docs/alerts.md, alerts with their runbooks, from the rules: python -m toolchain.docs.alerts_reference [FILE].

The rules are those of two example stacks: one with a private parent chain, and one below Kairos, which has forks.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from components.settings.model import Settings
from components.watch.alerts.alert import Alert
from components.watch.alerts.promql import USUAL_INTERVAL, Scope
from components.watch.alerts.rules_file import alerts
from toolchain.docs.settings_schema import ROOT

FILE = ROOT / "docs/alerts.md"
STACK = "dev"
_PAIRS = [{"name": name, "scn": f"scn-{number}"} for number, name in enumerate(("alpha", "beta"), start=1)]
_ARCHIVE = {"url": "https://packages.example.com/kaia-v2.2.2-linux-amd64.tar.gz", "sha256": "ab" * 32}
_PRIVATE: Mapping[str, Any] = {
    "identitySeed": "1f" * 32,
    "parentChain": {"chainId": 2020},
    "serviceChain": {"chainId": 3000, "nodes": 4},
    "pairs": _PAIRS,
}
EXAMPLES: Sequence[Mapping[str, Any]] = (
    _PRIVATE,
    {**_PRIVATE, "parentChain": {"network": "kairos"}, "packages": dict.fromkeys(("ken", "kscn", "kcn"), _ARCHIVE)},
)

TITLES: Mapping[str, str] = {
    "transfers": "Transfers",
    "pairs": "Pairs",
    "operators": "Operators",
    "contracts": "Contracts",
    "chains": "Chains",
    "nodes": "Nodes",
    "machines": "Machines, and the watcher itself",
}

HEAD = f"""\
# Alerts

Every alert with what to do about it. The rules are made from the settings of a stack: threshold, periods, fees, pairs
and forks. Expressions are those of the stack `{STACK}`. Their series are in [Metrics](metrics.md); names with a colon
are recorded by the rule file itself, which does the joins.

- **critical**: transfers wait, or will soon, or somebody has changed who decides. Look now, at any hour.
- **warning**: has to be repaired within hours. The bridge works.

One dead machine, or one dead pair, is one message: what follows from it is suppressed while its cause fires, and the
message says how many pairs can vote, and how many have to. All alerts of one severity of a stack come in one message.
Critical ones come after 10 s and again every hour, others after 30 s and again every twelve hours.

What rules take care of:

- What is missing is not zero. A rule about something that is gone starts from what the settings declare.
- An exporter that has stopped leaves an old file behind. Nothing in it counts: `BridgeWatcherBlind` fires instead, and
  the pair counts as able to vote until a reading says otherwise. Only the free space of a disk counts, because a full
  disk is one of the causes.
- With `monitoring.interval` above {USUAL_INTERVAL} s values are older when they are seen: limits of ages, and the time
  that something has to be missing, are longer.
- A warning never suppresses a critical alert.
- A contract is taken from nodes that have the newest block of their chain.
- Two nodes are not read at the same moment, so a head is compared with what others had a moment ago.
- Without transfers nothing is late: the measure is the age of the oldest open request, never a counter. A request
  that asks for more than there is does not stop transfers.

`make status` looks at the same limits without a monitor: begin with it ([Status](status.md)). To find a problem by its
symptom: [Runbooks](runbooks.md).

This page is written by `make docs` from `components/watch/alerts/rules/`.
"""


def by_noun() -> dict[str, dict[str, list[Alert]]]:
    """Return the alerts of the examples by noun and name, one of each severity."""
    found: dict[str, dict[str, list[Alert]]] = {noun: {} for noun in TITLES}
    for example in EXAMPLES:
        for noun, some in alerts(Scope(STACK, Settings.model_validate(example))).items():
            for one in some:
                same = found[noun].setdefault(one.name, [])
                if one.severity not in {other.severity for other in same}:
                    same.append(one)
    return found


def render() -> str:
    """Return the page."""
    return "\n".join([HEAD, *_index(), *(part for noun in TITLES for part in _section(noun))])


def _index() -> Iterator[str]:
    yield "## All alerts\n"
    yield "| alert | severity | for | what makes it fire on a local network |\n| --- | --- | --- | --- |"
    for names in by_noun().values():
        for name, some in names.items():
            first = some[0]
            yield f"| [{name}](#{first.anchor}) | {_joined(some)} | {first.hold} | {first.cause} |"
    yield ""


def _joined(some: Sequence[Alert]) -> str:
    return ", ".join(one.severity for one in some)


def _section(noun: str) -> Iterator[str]:
    yield f"## {TITLES[noun]}\n"
    for name, some in by_noun()[noun].items():
        first = some[0]
        yield f"### {name}\n"
        yield f"{_joined(some)}, after {first.hold}: {_sentence(first)}\n"
        for one in some:
            yield f"```promql\n{one.expr}\n```\n"
        book = first.runbook
        yield f"**Symptom:** {book.symptom}\n"
        yield f"**Check:** {book.check}\n"
        yield f"**Repair:** {book.repair}\n"
        yield f"**Escalation:** {book.escalation}\n"


def _sentence(alert: Alert) -> str:
    """Return the summary with the names of labels in place of their values."""
    words = alert.summary.removeprefix("{{ $labels.stack }}: ")
    words = words.replace("{{ $value }}", "…")
    while "{{ $labels." in words:
        before, _, rest = words.partition("{{ $labels.")
        name, _, after = rest.partition(" }}")
        words = f"{before}*{name}*{after}"
    return words


def main(arguments: list[str]) -> None:
    """Write the page."""
    file = Path(arguments[0]) if arguments else FILE
    file.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
