"""The board of the nodes and their machines."""

from collections.abc import Iterator
from typing import Any

from components.chain.rpc.head import NEAR_BLOCKS
from components.watch.alerts.promql import MACHINES
from components.watch.alerts.recorded import BEHIND, BLIND, HEAD, UPTIME
from components.watch.dashboards.board import GREEN, RED, SHOWN, YELLOW, Panel, board
from components.watch.judging.nodes import CLOCK_SECONDS
from components.watch.metrics import exporter_series as node
from components.watch.metrics import machine_series as machine
from components.watch.metrics import node_series as own

UID = "servicechain-nodes"
NAMED = "{{node}}"


def nodes_board() -> dict[str, Any]:
    """Return the board."""
    return board(UID, "Nodes of a bridge", [*_nodes(), *_chains(), *_machines()])


def _nodes() -> Iterator[Panel]:
    of, fresh = SHOWN.of, SHOWN.fresh
    yield Panel(
        "Nodes",
        "state-timeline",
        [(fresh(node.NODE_UP), NAMED)],
        "Whether each node answers. A gap: its machine is gone, or its exporter does not run.",
        width=12,
        steps=((None, RED), (1, GREEN)),
        words={"0": "down", "1": "up"},
    )
    yield Panel(
        "Versions",
        "table",
        [(f"max by (node, role, chain, pair, version) ({fresh(node.NODE_INFO)})", "")],
        "What each node reports about itself.",
        width=12,
    )
    yield Panel(
        "Blocks behind",
        "timeseries",
        [(of(BEHIND), NAMED)],
        f"Of its chain a moment ago, or of its peers. Up to {NEAR_BLOCKS} count as in sync.",
        steps=((None, GREEN), (NEAR_BLOCKS + 1, RED)),
    )
    yield Panel("Peers", "timeseries", [(fresh(node.PEERS), NAMED)], "Nodes of its chain that it is connected to.")
    yield Panel("Since the last start", "timeseries", [(of(UPTIME), NAMED)], "A fall is a restart.", unit="s")


def _chains() -> Iterator[Panel]:
    of, fresh = SHOWN.of, SHOWN.fresh
    yield Panel(
        "Blocks per minute",
        "timeseries",
        [(f"delta({of(HEAD)}[5m]) / 5", "{{chain}}")],
        "60 where all rounds of consensus end well.",
    )
    yield Panel(
        "Rounds that failed",
        "timeseries",
        [(of(own.ROUND_RATE), NAMED)],
        "Per second, over one minute, as the nodes count. It is 0 on nodes that take no part in the consensus.",
    )
    yield Panel(
        "Validators, and how many have to agree",
        "timeseries",
        [
            (f"max by (chain) ({fresh(node.VALIDATORS)})", "{{chain}}"),
            (f"max by (chain) ({fresh(node.VALIDATORS_NEEDED)})", "needed, {{chain}}"),
        ],
        "The size of the council.",
    )


def _machines() -> Iterator[Panel]:
    of, fresh = SHOWN.of, SHOWN.fresh
    yield Panel(
        "Free space for the data",
        "timeseries",
        [(f"{fresh(node.DATA_FREE)} / {fresh(node.DATA_SIZE)}", NAMED)],
        "Of the disk of the chain data.",
        unit="percentunit",
        steps=((None, RED), (0.05, YELLOW), (0.1, GREEN)),
    )
    yield Panel(
        "Memory that programs can have",
        "timeseries",
        [(f"{of(machine.MEMORY_FREE)} / {of(machine.MEMORY_SIZE)}", NAMED)],
        "A node that is short of it is killed by the kernel.",
        unit="percentunit",
    )
    idle = of(machine.CPU, 'mode="idle"')
    yield Panel(
        "Processors in use",
        "timeseries",
        [(f"1 - avg by (node) (rate({idle}[5m]))", NAMED)],
        "An EN that catches up uses all.",
        unit="percentunit",
    )
    busy = f"max by (node) (rate({of(machine.DISK_BUSY)}[5m]))"
    yield Panel("Disks in use", "timeseries", [(busy, NAMED)], "The busiest disk of each machine.", unit="percentunit")
    yield Panel(
        "Clock",
        "timeseries",
        [(f"{of(machine.CLOCK)} - timestamp({of(machine.CLOCK)})", NAMED)],
        "How far ahead of the monitor's.",
        unit="s",
        steps=((None, GREEN), (CLOCK_SECONDS, RED)),
    )
    yield Panel(
        "Exporters that do not run",
        "timeseries",
        [
            (of(BLIND), NAMED),
            (f"{of(machine.UP, MACHINES)} == 0", "{{node}} is gone"),
            (f"{fresh(node.UNANSWERED)} > 0", "{{node}} leaves questions open"),
        ],
        "Nothing is best.",
    )
