"""Write docs/metrics.md from the catalogue of series: python -m toolchain.docs.metrics_reference [FILE].

The docstrings of the modules `…_series` in components/watch/metrics/ introduce the sections.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType

from components.watch.metrics import contract_series, exporter_series, machine_series, node_series
from components.watch.metrics.series import PREFIX, Series
from toolchain.docs.settings_schema import ROOT

FILE = ROOT / "docs/metrics.md"
SECTIONS: Sequence[tuple[str, ModuleType]] = (
    ("Nodes, as the exporter reads them", exporter_series),
    ("Bridge contracts, as the exporter reads them", contract_series),
    ("Series of the nodes themselves", node_series),
    ("Series of the machines and of Prometheus", machine_series),
)

HEAD = f"""\
# Metrics

Every series that the alert rules and the dashboards use: what it means, where it comes from, and what to beware of.

- **The exporter** runs on the machine of each node, as the node's user. It asks only its own node, over the IPC socket,
  and writes a file that node_exporter serves on port 9100 with the series of the machine. Its names begin with
  `{PREFIX}`.
- **The nodes** serve series of their own on port 61001, with `METRICS=1` and `PROMETHEUS=1` in the conf. Their names
  begin with `klaytn_`.

The scrape adds the labels `stack`, `node`, `role`, `chain` and `pair` to all of them. The labels in the tables come
from the source. `the contract: …` is a call of the bridge contract on the node's own chain.

## What to beware of

- What a node does not report is missing, never zero. Of a silent node there is `{exporter_series.NODE_UP}`
  0, the time of the last run and the disk; a rule that compares two values says nothing while one is missing. Use
  `absent()`, or `{exporter_series.NODE_UP}`.
- node_exporter keeps serving the file of an exporter that has stopped: compare
  `{exporter_series.LAST_RUN}` with `time()`.
- A node that is behind reports old values, also of a contract. Take the value of the node with the newest block, or the
  `max` over the nodes of a chain for numbers that only grow.
- All series of the nodes are gauges for Prometheus, whatever they are. Meters are rates over one minute already: never
  use `rate()` on them. Counters begin at 0 at each start. They have no labels of their own.
- The nonces that an SCN counts sum both directions: use those of the contracts.
- `{node_series.PENDING_REQUESTS}` drifts upwards, and two servers write
  `{node_series.PEERS_OF_BOTH}`: use neither in a rule.
- `subbridge_getBridgeInformation` is never asked: it changes the counters of the node, and may hang.

This page is written by `make docs` from `components/watch/metrics/`.
"""


def render() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(part for title, module in SECTIONS for part in _section(title, module))])


def _section(title: str, module: ModuleType) -> Iterable[str]:
    introduction = " ".join((module.__doc__ or "").replace(" Pure data.", "").split())
    yield f"## {title}\n\n{introduction}\n"
    found: Sequence[Series] = module.ALL
    for emitter in dict.fromkeys(one.emitter for one in found):
        rows = (_row(one) for one in found if one.emitter == emitter)
        head = "| series | meaning | source | beware |\n| --- | --- | --- | --- |\n"
        yield f"### {emitter[0].upper()}{emitter[1:]}\n\n{head}{''.join(rows)}"


def _row(one: Series) -> str:
    labels = f"{{{', '.join(one.labels)}}}" if one.labels else ""
    unit = f" Unit: {one.unit}." if one.unit else ""
    kind = " Counter." if one.kind == "counter" else ""
    return f"| `{one.name}{labels}` | {one.help}{unit}{kind} | {one.source} | {one.pitfall} |\n".replace("|  |", "| |")


def main(arguments: list[str]) -> None:
    """Write the page."""
    file = Path(arguments[0]) if arguments else FILE
    file.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
