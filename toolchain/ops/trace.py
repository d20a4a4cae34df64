"""Where one transfer of a running stack is: requested, seen, voted for by whom, paid in which transaction, or why not.

usage: pulumi stack export --show-secrets | python -m toolchain.ops.trace STACK TX [--json]

TX is the hash of the transaction that requested it, or of a vote for it. Exit status: 0 paid, 1 open, 2 unknown or
unreadable. The keys in the export stay in memory.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence

from components.chain.errors import ChainError
from components.chain.rpc.waiting import duration
from components.domain.problems.operations.state import CALLED_WRONGLY, STACK_NOT_UP
from components.watch.reading.reader import read
from components.watch.targets import Targets
from components.watch.trace import TraceReport, TraceRow, is_hash, trace
from toolchain.ops.state import targets_of
from toolchain.ops.status_table import coins

PAID, OPEN, UNKNOWN = 0, 1, 2
"""Exit status."""

SEEN = {True: "yes", False: "not yet", None: "unknown"}
"""Words for whether an SCN has seen a request."""


def lines(row: TraceRow) -> Iterator[str]:
    """Return a transfer in words."""
    unit = {"coin": f"{coins(row.amount)} coins", "erc721": f"id {row.amount} of token {row.token}"}
    what = unit.get(row.kind, f"{row.amount} of token {row.token}")
    yield f"{row.source} to {row.target}, request {row.nonce}: {what} from {row.sender} to {row.recipient}"
    yield f"  requested  in {row.transaction}, block {row.block}, {duration(row.age)} ago"
    yield f"  seen       by {sum(one.seen is True for one in row.seen)} of {len(row.seen)} SCNs"
    for one in row.seen:
        yield f"             {one.scn} of {one.pair}: {SEEN[one.seen]}{f': {one.why}' if one.why else ''}"
    counted = [vote for vote in row.votes if vote.counted]
    yield f"  votes      {len(counted)} of {row.threshold} needed"
    for vote in row.votes:
        who, late = vote.pair or f"{vote.operator}, of no pair", "" if vote.counted else ", refused: it came too late"
        yield f"             {who}: {vote.transaction}, block {vote.block}{late}"
    if row.payment:
        yield f"  paid       in {row.payment.transaction}, block {row.payment.block}, after {row.payment.after:g} s"
    elif row.paid:
        yield "  paid       too long ago to find the transaction quickly"
    elif row.why:
        yield f"  not paid   it cannot be: {row.why}"
    else:
        yield "  not paid   it can be, and waits for votes; make status shows which pairs can vote"


def followed(targets: Targets, tx: str, options: Sequence[str]) -> list[TraceRow]:
    """Follow the transfers of a transaction. Raises ChainError."""
    if not is_hash(tx) or set(options) - {"--json"}:
        raise ChainError(CALLED_WRONGLY("name the transaction of the request: make trace TX=0x… (64 digits)"))
    if not targets.nodes:
        raise ChainError(STACK_NOT_UP("the state of the stack has no nodes; run make up first"))
    return trace(targets, read(targets), tx)


def main(stack: str, tx: str = "", *options: str) -> int:
    """Follow a transfer of the stack whose export is on standard input; return the exit status."""
    text = sys.stdin.read()
    if not text.strip():
        return UNKNOWN  # Pulumi has said why
    try:
        found = TraceReport(stack=stack, transfers=tuple(followed(targets_of(json.loads(text)), tx, options)))
    except ChainError as error:
        print(f"error: {error}", file=sys.stderr)
        return UNKNOWN
    if options:
        print(found.model_dump_json(by_alias=True, indent=2))
    else:
        print("\n".join(line for row in found.transfers for line in lines(row)))
    return PAID if all(row.paid for row in found.transfers) else OPEN


if __name__ == "__main__":
    status = main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(status)  # threads may still wait for machines that do not answer
