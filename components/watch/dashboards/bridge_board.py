"""The board of the bridge: the first look of whoever is on call."""

from collections.abc import Iterator
from typing import Any

from components.chain.rpc.head import HALTED_SECONDS
from components.domain.limits import EARLY_DAYS, FEW_DAYS, STALLED
from components.watch.alerts.declared import TRANSACTION
from components.watch.alerts.promql import PAIRS, THRESHOLD, UNABLE
from components.watch.alerts.recorded import ABLE, BALANCE, DAYS_LEFT, HEAD_AGE, OLDEST, OPEN, REQUESTED, SPARE
from components.watch.dashboards.board import GREEN, RED, SHOWN, YELLOW, Panel, board
from components.watch.metrics import contract_series as contract
from components.watch.metrics import exporter_series as node

UID = "servicechain-bridge"
OLD = ((None, GREEN), (STALLED / 2, YELLOW), (STALLED, RED))


def bridge_board() -> dict[str, Any]:
    """Return the board."""
    return board(UID, "Bridge", [*_verdict(), *_transfers(), *_pairs(), *_money()])


def _verdict() -> Iterator[Panel]:
    of = SHOWN.of
    yield Panel(
        "Pairs that may be lost",
        "stat",
        [(of(SPARE), "")],
        "How many more pairs may be lost. Below 0 transfers wait.",
        width=5,
        height=5,
        steps=((None, RED), (0, YELLOW), (1, GREEN)),
    )
    yield Panel(
        "Able pairs, of all, and votes needed",
        "stat",
        [(f"{of(PAIRS)} - {of(UNABLE)}", "able"), (of(PAIRS), "pairs"), (of(THRESHOLD), "needed")],
        "A pair is able if both nodes have the newest block, it is connected and subscribed, and its operators sign.",
        width=7,
        height=5,
    )
    yield Panel(
        "Oldest request that could be paid",
        "stat",
        [(of(OLDEST), "from {{source}}")],
        "0 where none is open. Normal are two seconds.",
        unit="s",
        width=6,
        height=5,
        steps=OLD,
    )
    yield Panel(
        "Age of the newest block",
        "stat",
        [(of(HEAD_AGE), "{{chain}}")],
        "A healthy chain shows up to half a minute, as nodes are read every few seconds.",
        unit="s",
        width=6,
        height=5,
        steps=((None, GREEN), (HALTED_SECONDS / 2, YELLOW), (HALTED_SECONDS, RED)),
    )
    yield Panel(
        "Alerts",
        "alertlist",
        [],
        "What fires now. The runbook of each is linked from it.",
        width=12,
        options={"alertInstanceLabelFilter": '{stack="$stack"}', "viewMode": "list", "sortOrder": 1, "maxItems": 30},
    )
    yield Panel(
        "Pairs over time",
        "state-timeline",
        [(of(ABLE), "{{pair}}")],
        "A gap: the machine answers, and nothing is known of the pair.",
        width=12,
        steps=((None, RED), (1, GREEN)),
        words={"0": "cannot vote", "1": "able"},
    )


def _transfers() -> Iterator[Panel]:
    of = SHOWN.of
    yield Panel(
        "Open requests", "timeseries", [(of(OPEN), "from {{source}}")], "From the lowest that is not handled on."
    )
    yield Panel(
        "Age of the oldest request that could be paid",
        "timeseries",
        [(of(OLDEST), "from {{source}}")],
        "It rises while transfers wait.",
        unit="s",
        steps=OLD,
    )
    yield Panel(
        "Requests in five minutes",
        "timeseries",
        [(f"clamp_min(delta({of(REQUESTED)}[5m]), 0)", "from {{source}}")],
        "How much the bridge is used.",
    )


def _pairs() -> Iterator[Panel]:
    fresh = SHOWN.fresh
    yield Panel(
        "Blocks since the last anchor",
        "timeseries",
        [(f"{fresh(node.HEAD_BLOCK)} - {fresh(node.ANCHORED_BLOCK)}", "{{pair}}")],
        "It falls once per period, and the receipt comes some blocks later.",
    )
    yield Panel(
        "Transactions that wait for the parent chain",
        "timeseries",
        [(fresh(node.PENDING), "{{pair}}")],
        "Votes and anchors of an SCN that are not mined yet.",
    )
    yield Panel(
        "Main bridges of an SCN",
        "timeseries",
        [(fresh(node.MAIN_BRIDGES), "{{pair}}")],
        "It needs exactly one.",
    )


def _money() -> Iterator[Panel]:
    of, seen = SHOWN.of, SHOWN.seen
    yield Panel(
        "Coins of operators",
        "timeseries",
        [(of(BALANCE), "{{pair}}, {{chain}}"), (of(TRANSACTION), "one transaction needs")],
        "Below what one transaction needs, the pool of the parent chain takes none.",
    )
    yield Panel(
        "Days that operators' coins last",
        "timeseries",
        [(of(DAYS_LEFT), "{{pair}}")],
        "By what they spent in the last hours, or what the settings expect if that is more.",
        unit="d",
        steps=((None, RED), (FEW_DAYS, YELLOW), (EARLY_DAYS, GREEN)),
    )
    yield Panel(
        "Coins of the contracts",
        "timeseries",
        [
            (f"max by (chain) ({seen(contract.BALANCE)})", "{{chain}}"),
            (f"max by (chain) ({seen(contract.MINIMUM)})", "minimum, {{chain}}"),
        ],
        "What they can pay out.",
    )
    yield Panel(
        "Tokens of the contracts",
        "timeseries",
        [(f"max by (chain, token) ({seen(contract.TOKEN_BALANCE)})", "{{token}}, {{chain}}")],
        "In smallest units. A contract that mints what arrives needs none.",
        width=12,
    )
    yield Panel(
        "As declared",
        "state-timeline",
        [
            (f"min by (chain) ({seen(contract.OWNER_AS_DECLARED)})", "owner, {{chain}}"),
            (f"min by (chain) ({seen(contract.THRESHOLDS_AS_DECLARED)})", "thresholds, {{chain}}"),
            (f"min by (chain) ({seen(contract.FEES_AS_DECLARED)})", "fees, {{chain}}"),
        ],
        "Whether somebody else has changed a contract.",
        width=12,
        steps=((None, RED), (1, GREEN)),
        words={"0": "changed", "1": "as declared"},
    )
