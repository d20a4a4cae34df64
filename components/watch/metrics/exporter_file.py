"""The files of the exporter on a node's machine: its script, in one piece, and its configuration."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from components.domain.networks import SIDES, Side
from components.watch.metrics import contract_series, exporter_series
from components.watch.targets import ContractTarget, NodeTarget, Targets

PARTS: Final = ("exporter_ipc", "exporter_text", "exporter_requests", "exporter_contract", "exporter")
"""Modules of the script; each imports only those before it, and the standard library."""
_FUTURE: Final = "from __future__ import annotations\n"
_INTERPRETER: Final = "#!/usr/bin/env python3\n"


@dataclass(frozen=True)
class Half:
    """The half of a bridge that the SCN of a pair runs."""

    bridges: Mapping[Side, str]
    """Addresses of both contracts."""
    main_bridge: str = ""
    """Public key of the main bridge of its EN (128 hex digits, as in a KNI); empty where it is not known."""


@dataclass(frozen=True)
class Observed:
    """A node that the exporter reads, and what is declared of it."""

    node: str
    ipc: str
    data: str
    """Folder of the chain data."""
    out: str
    """The file that is written, which ends in .prom; beside it come one that ends in .cache and short-lived drafts."""
    contract: ContractTarget | None = None
    """The contract of its own chain."""
    operators: Mapping[str, str] = field(default_factory=dict)
    """Operators on its own chain, by the names of their pairs."""
    minima: Mapping[str, int] = field(default_factory=dict)
    """Balances (peb) that they have to have, by the names of the pairs."""
    half: Half | None = None
    """Of the SCN of a pair."""


def observed(targets: Targets, node: NodeTarget, out: str) -> Observed:
    """Return what is to be read of a node of a stack, and written to `out`."""
    side = node.side
    minima = {pair.name: targets.minima.get((side, pair.operators[side])) for pair in targets.pairs}
    return Observed(
        node=node.name,
        ipc=node.endpoint.ipc,
        data=node.folder,
        out=out,
        contract=targets.contracts.get(side),
        operators={pair.name: pair.operators[side] for pair in targets.pairs},
        minima={pair: minimum for pair, minimum in minima.items() if minimum is not None},
        half=next(
            (
                Half({one.side: one.address for one in targets.contracts.values()}, pair.main_bridge)
                for pair in targets.pairs
                if pair.scn == node.name
            ),
            None,
        ),
    )


def configuration(node: Observed) -> dict[str, Any]:
    """Return the configuration of the exporter, for a JSON file. It has no secret in it."""
    operators = {
        pair: {"address": address.lower(), "minimum": node.minima.get(pair)} for pair, address in node.operators.items()
    }
    return {
        "node": node.node,
        "ipc": node.ipc,
        "data": node.data,
        "out": node.out,
        "contract": _contract(node.contract, node.operators) if node.contract else None,
        "operators": operators,
        "half": _half(node.half) if node.half else None,
        "series": {one.name: one.help for one in (*exporter_series.ALL, *contract_series.ALL)},
    }


def _contract(target: ContractTarget, operators: Mapping[str, str]) -> dict[str, Any]:
    ours = {*target.operators, *target.others, *operators.values()}
    fees = target.fees
    return {
        "address": target.address.lower(),
        "owner": target.owner.lower(),
        "expected": sorted(one.lower() for one in ours),
        "threshold": target.threshold,
        "configuration": target.configuration,
        "fees": None
        if fees is None
        else {
            "receiver": str(fees.get("receiver") or "").lower(),
            "coin": int(fees.get("coin") or 0),
            "tokens": {str(token).lower(): int(fee) for token, fee in (fees.get("tokens") or {}).items()},
        },
        "minimum": target.minimum,
        "tokens": [
            {"name": token.name, "address": token.address.lower(), "counterpart": token.counterpart.lower()}
            for token in target.tokens
        ],
    }


def _half(half: Half) -> dict[str, Any]:
    return {**{side: half.bridges.get(side, "").lower() for side in SIDES}, "main_bridge": half.main_bridge}


@cache
def script() -> str:
    """Return the script, the same for each node: its modules in order, without what they import of each other."""
    folder = Path(__file__).parent
    parts = [_without_imports((folder / f"{part}.py").read_text(encoding="utf-8")) for part in PARTS]
    title, body = _split_docstring(parts[-1])
    return _INTERPRETER + title + "\n" + _FUTURE + "\n" + "\n\n".join([*parts[:-1], body])


def _without_imports(source: str) -> str:
    """Return a module without its imports of this package, and of the future, which stand once in the script."""
    lines = source.splitlines(keepends=True)
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(("components.", "__future__")):
            del lines[node.lineno - 1 : node.end_lineno]
    return "".join(lines)


def _split_docstring(source: str) -> tuple[str, str]:
    end = ast.parse(source).body[0].end_lineno or 0
    lines = source.splitlines(keepends=True)
    return "".join(lines[:end]), "".join(lines[end:])
