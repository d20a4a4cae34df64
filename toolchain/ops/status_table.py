"""The report on a bridge as tables for a terminal. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from components.chain.rpc.waiting import duration
from components.domain.networks import Side
from components.domain.units import PEB
from components.watch.report import (
    ChainRow,
    ContractRow,
    DirectionRow,
    NodeRow,
    OperatorRow,
    PairRow,
    Report,
    RequestRow,
)

UNKNOWN = "?"
"""For a value that could not be read."""

COLOURS = {"healthy": "\x1b[32m", "degraded": "\x1b[33m", "stopped": "\x1b[31m"}
PLAIN = "\x1b[0m"
_GIB = 2**30


def table(found: Report, *, colours: bool = False) -> str:
    """Return the verdict, what is wrong, and all rows."""
    text = "\n".join(_lines(found))
    if colours:
        for word, colour in COLOURS.items():
            text = text.replace(word, f"{colour}{word}{PLAIN}")
    return text


def _lines(found: Report) -> Iterator[str]:
    yield from head(found)
    for names, rows in tables(found):
        if rows:
            yield ""
            yield from _columns(names, rows)


def head(found: Report) -> Iterator[str]:
    """Yield the verdict, when it was read, and what is wrong."""
    yield f"{found.stack}: {found.verdict.level}: {found.verdict.text}"
    yield f"read at {found.time} in {found.seconds:g} s" + ("; a run is not finished" if found.unfinished else "")
    for one in found.findings:
        yield f"  {one.level:8}  {one.text.splitlines()[0]}"


def tables(found: Report) -> Iterator[tuple[Sequence[str], Sequence[Sequence[str]]]]:
    """Yield the names of the columns and the rows of chains, nodes, pairs and directions, as texts."""
    yield ["chain", "state", "block", "age", "validators", "contract", "threshold", "holds"], _chains(found)
    names = ["node", "chain", "state", "block", "age", "behind", "peers", "version", "disk free", "clock"]
    if any(row.up_seconds is not None for row in found.nodes):  # a report of a former version has none
        yield [*names, "up"], [[*_node(row), _age(row.up_seconds)] for row in found.nodes]
    else:
        yield names, [_node(row) for row in found.nodes]
    names = ["pair", "nodes", "state", "votes", "serves", "anchored", "waiting", "parent operator", "child operator"]
    yield names, [_pair(row) for row in found.pairs]
    names = ["direction", "of", "state", "requested", "handled", "open", "oldest", "can be paid", "fee"]
    yield names, [_direction(row) for row in found.directions]


def _columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in (names, *rows)) for i in range(len(names))]
    for row in (names, *rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _chains(found: Report) -> list[list[str]]:
    contracts = {row.chain: row for row in found.contracts}
    return [_chain(row, contracts) for row in found.chains]


def _chain(row: ChainRow, contracts: Mapping[Side, ContractRow]) -> list[str]:
    contract = contracts.get(row.chain)
    seats = UNKNOWN if row.validators is None else f"{row.alive} of {row.validators}, {row.needed} needed"
    held = coins(contract.balance) if contract else "-"
    threshold = _or(contract.threshold) if contract else "-"
    address = contract.address if contract else "-"
    return [row.chain, row.level, _or(row.head), _age(row.age), seats, address, threshold, held]


def _node(row: NodeRow) -> list[str]:
    disk = UNKNOWN if row.disk_free is None else f"{row.disk_free / _GIB:.0f} of {(row.disk_size or 0) / _GIB:.0f} GiB"
    clock = UNKNOWN if row.clock_ahead is None else f"{row.clock_ahead:+.1f} s"
    head, version = [_or(row.head), _age(row.age), _or(row.behind), _or(row.peers)], row.version or UNKNOWN
    return [row.name, row.chain, row.level, *head, version, disk, clock]


def _pair(row: PairRow) -> list[str]:
    anchored = UNKNOWN if row.anchored is None else f"{row.anchored}, {_or(row.anchored_behind)} ago"
    if row.anchoring is False:
        anchored = "off"
    operators = {one.chain: _operator(one) for one in row.operators}
    flags = [_yes(row.able), _yes(row.subscribed)]
    nodes = f"{row.en}, {row.scn}"
    return [row.name, nodes, row.level, *flags, anchored, _or(row.pending), operators["parent"], operators["child"]]


def _operator(row: OperatorRow) -> str:
    days = "" if row.days_left is None else f" ({row.days_left:.0f} days)"
    return f"{coins(row.balance)}{days}"


def _direction(row: DirectionRow) -> list[str]:
    oldest = "-" if row.open == 0 else UNKNOWN
    if row.oldest:
        oldest = "; ".join(_request(one) for one in (row.oldest, row.newer) if one)
    numbers = [_or(row.requested), _or(row.handled), _or(row.open)]
    if row.token:
        numbers, oldest = ["", "", ""], ""
    unit = coins if row.token is None else lambda amount: amount or UNKNOWN
    payable = "minted" if row.mints else unit(row.liquidity)
    fee = "locked" if row.locked else "none" if row.fee == "0" else unit(row.fee)
    return [row.direction, row.token or "coins", row.level, *numbers, oldest, payable, fee]


def _request(row: RequestRow) -> str:
    return f"{row.nonce}, {_age(row.age)}" + ("" if row.payable else ", cannot be paid")


def coins(amount: str | None) -> str:
    """Return an amount of peb in coins, with two digits or, where those would be zero, four significant ones."""
    if amount is None:
        return UNKNOWN
    value = Decimal(amount) / PEB
    return f"{value:.2f}" if value >= 1 or not value else f"{value:.4g}"


def _or(value: int | None) -> str:
    return UNKNOWN if value is None else str(value)


def _yes(value: bool | None) -> str:  # noqa: FBT001 - a value, not an option
    return UNKNOWN if value is None else "yes" if value else "no"


def _age(seconds: float | None) -> str:
    return UNKNOWN if seconds is None else duration(max(0.0, seconds))
