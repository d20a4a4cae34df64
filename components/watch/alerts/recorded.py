"""Recording rules: the joins, so that alerts stay readable and dashboards show what alerts use. Pure.

Names are level:metric:operation. `source` is the chain on which transfers of a direction are requested.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from components.chain.rpc.head import NEAR_BLOCKS
from components.domain.limits import STALLED
from components.watch.alerts import declared
from components.watch.alerts.promql import (
    EN,
    FRESH,
    IN_SYNC,
    MACHINES,
    PAIRS,
    SCN,
    THRESHOLD,
    UNABLE,
    Scope,
    fresh_name,
    seen_name,
)
from components.watch.metrics import contract_series as contract
from components.watch.metrics import exporter_series as node
from components.watch.metrics.machine_series import UP

BLIND = "node:servicechain_exporter_blind:info"
"""1 for each machine that answers while its exporter has not run."""
UPTIME = "node:servicechain_node_uptime:seconds"
HEAD = "chain:servicechain_head_block:max"
CHECKPOINT_HASH = "node:servicechain_newest_checkpoint:hash"
"""Of nodes that have the newest checkpoint of their chain."""
HEAD_AGE = "chain:servicechain_head_age:seconds"
BEHIND = "node:servicechain_blocks_behind:max"
"""Blocks that a node lacks of what its chain had a moment ago, and of what its peers have."""

REQUESTED = "direction:servicechain_requested:max"
HANDLED = "direction:servicechain_handled:max"
"""All requests below it are handled (lowerHandleNonce)."""
HIGHEST = "direction:servicechain_highest_handled:max"
FIRST_OPEN = "direction:servicechain_first_open:nonce"
"""From this request on none is handled; one below it may never be paid, while those after it are."""
OPEN = "direction:servicechain_open_requests:count"
SLOT_NONCE = "request:servicechain_recent_nonce:source"
SLOT_AMOUNT = "request:servicechain_recent_amount:source"
"""The newest requests, by slot and node, with the label `source`."""
UNFUNDED = "direction:servicechain_unfunded_request:amount"
"""The most that an open request asks for, by asset, where the contract that pays cannot pay it."""
FUNDS = "direction:servicechain_funds:max"
"""What the contract that pays can pay, by asset; +Inf of tokens that it mints."""
OLDEST = "direction:servicechain_oldest_payable_request:age_seconds"
"""0 where no request is open that could be paid."""

COUNTED = "operator:servicechain_nonce_counted:max"
MINED = "operator:servicechain_transactions_mined:max"
BALANCE = "operator:servicechain_balance_coins:min"
DAYS_LEFT = "operator:servicechain_balance:days_left"

ABLE = "pair:servicechain_able:bool"
"""1 if the pair can vote, 0 if not; absent where the machine answers and nothing is known of the pair."""
SPARE = "stack:servicechain_spare_pairs:count"
"""How many more pairs may be lost; below 0, transfers wait."""

HOURS = 6
"""Over so many hours the spending of an operator is measured."""
BACKLOG_SECONDS = 2 * int(STALLED)
"""A request that the newest ones have pushed out of sight is at least this old, if it was made before then. Where nodes
are read rarely it takes longer."""

Group = tuple[str, Sequence[dict[str, Any]]]


def recorded(scope: Scope) -> Iterator[Group]:
    """Yield the groups; those of one group are evaluated in order, each with the values of those before it."""
    yield "declared", list(declared.declared(scope))
    rules = [*_nodes(scope), *_directions(scope), *_unfunded(scope), *_operators(scope), *_pairs(scope)]
    yield "recorded", [{"record": name, "expr": expr} for name, expr in rules]


def _nodes(scope: Scope) -> Iterator[tuple[str, str]]:
    of, fresh, lag = scope.of, scope.fresh, scope.skew
    yield FRESH, f"changes({of(node.LAST_RUN)}[{scope.lately}]) > 0"
    for one in node.ALL:
        yield fresh_name(one), f"{of(one)} and on (stack, node) {of(FRESH)}"
    machines = of(UP, MACHINES, 'role!="monitor"')
    yield BLIND, f"{machines} == 1 unless on (stack, node) {of(FRESH)}"
    yield UPTIME, f"{fresh(node.LAST_RUN)} - {fresh(node.NODE_STARTED)}"
    yield HEAD, f"max by (stack, chain) ({fresh(node.HEAD_BLOCK)})"
    yield HEAD_AGE, f"time() - max by (stack, chain) ({fresh(node.HEAD_TIME)})"
    newest = f"max by (stack, chain) ({fresh(node.CHECKPOINT_BLOCK)})"
    there = f"{fresh(node.CHECKPOINT_BLOCK)} == on (stack, chain) group_left () {newest}"
    yield CHECKPOINT_HASH, f"{fresh(node.CHECKPOINT_HASH)} and on (stack, node) ({there})"
    # Values of two nodes are not of one moment, so a head is compared with the newest one of a moment ago.
    lack = f"clamp_min(-({fresh(node.HEAD_BLOCK)} - on (stack, chain) group_left () {of(HEAD)} offset {lag}), 0)"
    peers = f"clamp_min({fresh(node.BEST_PEER_BLOCK)} - {fresh(node.HEAD_BLOCK)}, 0)"
    both = f'{lack}\n  or label_replace({peers}, "than", "peers", "", "")'
    yield BEHIND, f"max by (stack, chain, node, role, pair) (\n  {both}\n)"
    yield IN_SYNC, f"{fresh(node.HEAD_BLOCK)} * 0 + 1 unless on (stack, node) {of(BEHIND)} > {NEAR_BLOCKS}"
    for one in contract.ALL:
        yield seen_name(one), f"{of(one)} and on (stack, node) {of(IN_SYNC)}"


def source_of(expr: str) -> str:
    """Return an expression about a chain with the label `source`: the chain itself."""
    return f'label_replace({expr}, "source", "$1", "chain", "(.+)")'


def _paying(expr: str) -> str:
    """Return an expression about a chain with the label `source`: the other chain, whose requests it pays."""
    child = f'label_replace({expr}, "source", "child", "chain", "parent")'
    return f'label_replace({child}, "source", "parent", "chain", "child")'


def _directions(scope: Scope) -> Iterator[tuple[str, str]]:
    of, seen = scope.of, scope.seen
    per, slot = "on (stack, source)", "on (stack, node, back)"
    yield REQUESTED, f"max by (stack, source) ({source_of(seen(contract.REQUESTED))})"
    yield HANDLED, f"max by (stack, source) ({_paying(seen(contract.HANDLED))})"
    yield HIGHEST, f"max by (stack, source) ({_paying(seen(contract.HIGHEST_HANDLED))})"
    yield FIRST_OPEN, f"({of(HIGHEST)} + 1 and {of(HIGHEST)} > {of(HANDLED)}) or {of(HANDLED)}"
    yield OPEN, f"clamp_min({of(REQUESTED)} - {of(HANDLED)}, 0)"
    minting = f"on (stack, node) {seen(contract.MINTS)} == 1"
    tokens = seen(contract.TOKEN_BALANCE)
    coins = f'label_replace({seen(contract.BALANCE)}, "asset", "coins", "", "")'
    held = f'label_replace({tokens} unless {minting}, "asset", "$1", "token", "(.+)")'
    minted = f'label_replace(({tokens} and {minting}) * 0 + Inf, "asset", "$1", "token", "(.+)")'
    funds = _paying(f"(\n  {coins}\n  or {held}\n  or {minted}\n)")
    yield FUNDS, f"max by (stack, source, asset) ({funds})"
    yield SLOT_NONCE, source_of(seen(contract.RECENT_NONCE))
    yield SLOT_AMOUNT, source_of(seen(contract.RECENT_AMOUNT))
    nonces, amounts = of(SLOT_NONCE), of(SLOT_AMOUNT)
    opened = f"{nonces} >= {per} group_left () {of(FIRST_OPEN)}"
    payable = f"{amounts} <= on (stack, source, asset) group_left () {of(FUNDS)}"
    made = source_of(f"time() - {seen(contract.RECENT_TIME)}")
    ages = f"{made}\n    and {slot} ({opened})\n    and {slot} ({payable})"
    # The newest requests may hide the oldest open one: then what was requested a while ago shows that it is old.
    backlog = BACKLOG_SECONDS + scope.lag
    past = f"{of(REQUESTED)} offset {backlog}s > {of(FIRST_OPEN)}"
    hidden = f"({past}) * 0 + {backlog} unless {per} ({nonces} == {per} group_left () {of(FIRST_OPEN)})"
    yield (
        OLDEST,
        f'max by (stack, source) (\n  (\n    {ages}\n  )\n  or label_replace({hidden}, "seen", "no", "", "")\n'
        f'  or label_replace({of(REQUESTED)} * 0, "seen", "none", "", "")\n)',
    )


def _unfunded(scope: Scope) -> Iterator[tuple[str, str]]:
    """Yield what cannot be paid: too much, or a token that is not known. Later requests than the lowest may be paid."""
    of, per = scope.of, "on (stack, source)"
    first = f"{of(SLOT_NONCE)} >= {per} group_left () {of(FIRST_OPEN)}"
    lowest = f"{of(SLOT_NONCE)} == {per} group_left () {of(HANDLED)}"
    unpaid = f"({of(SLOT_AMOUNT)} and on (stack, node, back) ({first} or {lowest}))"
    much = f"{unpaid} > on (stack, source, asset) group_left () {of(FUNDS)}"
    unknown = f"{unpaid} unless on (stack, source, asset) {of(FUNDS)} and {per} {of(FUNDS)}"
    yield UNFUNDED, f"max by (stack, source, asset) (\n  {much}\n  or {unknown}\n)"


def by_pair(expr: str) -> str:
    """Return an expression about operators with the label `pair` of their pair."""
    return f'label_replace({expr}, "pair", "$1", "operator", "(.+)")'


def by_side(expr: str) -> str:
    """Return an expression about an SCN's operators with the label `chain` of their chain."""
    return f'label_replace({expr}, "chain", "$1", "side", "(.+)")'


def _operators(scope: Scope) -> Iterator[tuple[str, str]]:
    of, seen = scope.of, scope.seen
    yield COUNTED, f"max by (stack, pair, chain) ({by_side(scope.fresh(node.OPERATOR_NONCE))})"
    yield MINED, f"max by (stack, pair, chain) ({by_pair(seen(contract.OPERATOR_MINED))})"
    yield BALANCE, f"min by (stack, pair, chain) ({by_pair(seen(contract.OPERATOR_BALANCE))})"
    balance, spending = of(BALANCE), of(declared.SPENDING)
    measured = f"({balance} offset {HOURS}h - {balance}) * {24 // HOURS}"
    per_day = f"({measured} > {spending} or {spending})"
    yield DAYS_LEFT, f"{balance} / on (stack, pair, chain) {per_day}"


def _pairs(scope: Scope) -> Iterator[tuple[str, str]]:
    of, fresh = scope.of, scope.fresh
    pair, on = of(declared.PAIR), "on (stack, pair)"
    registered = f"min by (stack, pair) ({by_pair(scope.seen(contract.OPERATOR_REGISTERED))}) == 1"
    unlocked = f"sum by (stack, pair) ({fresh(node.OPERATOR_UNLOCKED)}) == 2"
    lagging = f"{of(MINED)} offset {scope.skew} > {of(COUNTED)}"
    able = "\n  ".join(
        (
            pair,
            f"and {on} {of(IN_SYNC, EN)}",
            f"and {on} {of(IN_SYNC, SCN)}",
            f"and {on} {fresh(node.MAIN_BRIDGES)} == 1",
            f"and {on} {fresh(node.REGISTERED)} == 1",
            f"and {on} {fresh(node.SUBSCRIBED)} == 1",
            f"and {on} ({unlocked})",
            f"and {on} ({registered})",
            f"unless {on} {fresh(node.RIGHT_MAIN_BRIDGE)} == 0",
            f"unless {on} {fresh(node.OPERATOR_NONCE_KNOWN)} == 0",
            f"unless {on} ({lagging})",
        )
    )
    yield ABLE, f"(\n  {able}\n)\nor ({pair} * 0 unless {on} {of(BLIND)})"
    yield PAIRS, f"count by (stack) ({pair})"
    yield UNABLE, f"count by (stack) ({of(ABLE)} == 0) or {of(PAIRS)} * 0"
    votes = f"max by (stack) ({scope.seen(contract.THRESHOLD)})"
    yield THRESHOLD, f"{votes} or last_over_time({of(THRESHOLD)}[1d])"
    yield SPARE, f"{of(PAIRS)} - {of(UNABLE)} - {of(THRESHOLD)}"
