"""The report: its rows, its schema, and what a terminal shows of it."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from components.domain.problems.hosts import COMMAND_FAILED
from components.domain.problems.nodes import NODE_DOWN
from components.domain.problems.transfers import LIQUIDITY_MISSING
from components.watch.judging.judge import judge
from components.watch.readings import MachineReading, Missing, OpenRequest, Readings
from components.watch.report import SCHEMA, Report
from components.watch.rows import report
from tests.unit.watch.samples import COIN, OPERATORS, TOKENS, readings, targets
from toolchain.docs.report_schemas import STATUS
from toolchain.ops.status_html import page
from toolchain.ops.status_table import coins, table

MACHINE = MachineReading(70 * 2**30, 252 * 2**30, 0.0, 60.0)
GONE = Missing(NODE_DOWN("alpha-en: no node listens"))


KINDS = ("chains", "nodes", "pairs", "directions", "contracts")


def levels(found: Report) -> set[str]:
    return {row["level"] for kind in KINDS for row in found.model_dump()[kind]}


def reported(found: Readings | None = None) -> Report:
    found = found or readings()
    return report("dev", targets(), found, judge(targets(), found))


def degraded() -> Report:
    request = OpenRequest(7, "0xab", 12.3, overdue=False, unpayable=LIQUIDITY_MISSING("it holds too little"))
    lost = {"alpha-en": {"chain": GONE, "machine": GONE}}
    return reported(readings(nodes=lost, contracts={"child": {"requested": 8}}, oldest={"child": request}))


def test_a_healthy_bridge_has_a_row_of_everything() -> None:
    found = reported()
    assert (found.verdict.level, found.verdict.exit_code, found.verdict.spare_pairs) == ("healthy", 0, 1)
    assert levels(found) == {"healthy"}
    assert [row.name for row in found.nodes][:3] == ["parent", "alpha-en", "beta-en"]
    assert {row.up_seconds for row in found.nodes} == {7980}
    assert [(row.alive, row.validators, row.needed) for row in found.chains] == [(1, 1, 1), (4, 4, 3)]
    assert [(row.direction, row.token) for row in found.directions] == [
        ("parent to child", None),
        ("parent to child", "play"),
        ("child to parent", None),
        ("child to parent", "play"),
    ]
    (alpha, _) = found.pairs
    assert (alpha.able, alpha.connected, alpha.subscribed, alpha.anchored_behind) == (True, True, True, 5)
    parent, child = alpha.operators
    assert (parent.address, parent.balance, parent.minimum, parent.days_left) == (
        OPERATORS["alpha"]["parent"],
        str(100 * COIN),
        str(50 * COIN),
        20.0,
    )
    assert (child.registered, child.days_left, child.minimum) == (True, None, None)
    rows = found.model_dump()
    assert not any(row["missing"] for kind in KINDS for row in rows[kind])


def test_what_is_missing_is_null_with_the_reason() -> None:
    found = degraded()
    node = next(row for row in found.nodes if row.name == "alpha-en")
    assert (node.level, node.head, node.disk_free) == ("degraded", None, None)
    assert node.missing.keys() == {"head", "diskFree", "upSeconds"}
    assert NODE_DOWN.code in node.missing["head"]
    assert (found.verdict.level, found.verdict.exit_code, found.verdict.healthy_pairs) == ("degraded", 1, ("beta",))
    assert (NODE_DOWN.code,) in [one.codes for one in found.findings]


def test_a_dead_node_is_not_up_though_it_has_left_its_console_behind() -> None:
    unseen = replace(MACHINE, opened=Missing(COMMAND_FAILED("scn-3: stat does not see it")))
    found = reported(readings(nodes={"scn-4": {"chain": GONE}, "scn-3": {"machine": unseen}}))
    rows = {row.name: row for row in found.nodes}
    assert (rows["scn-4"].disk_free, rows["scn-4"].up_seconds) == (70 * 2**30, None)
    assert NODE_DOWN.code in rows["scn-4"].missing["upSeconds"]
    assert (rows["scn-3"].head, rows["scn-3"].up_seconds) == (100, None)
    assert COMMAND_FAILED.code in rows["scn-3"].missing["upSeconds"]
    nodes = {line.split()[0]: line for line in table(found).splitlines() if line}
    assert (nodes["node"][-4:], nodes["scn-1"][-12:], nodes["scn-4"][-3:]) == ("  up", "  2 h 13 min", "  ?")


def test_a_report_of_a_former_version_has_no_column_of_starts() -> None:
    found = reported()
    former = [row.model_copy(update={"up_seconds": None}) for row in found.nodes]
    lines = table(found.model_copy(update={"nodes": tuple(former)})).splitlines()
    assert next(line for line in lines if line.startswith("node ")).endswith("clock")


def test_an_open_request_is_in_the_row_of_its_direction() -> None:
    row = next(row for row in degraded().directions if row.source == "child" and row.token is None)
    assert row.oldest
    assert (row.open, row.oldest.nonce, row.oldest.age, row.oldest.payable) == (1, 7, 12.3, False)
    assert LIQUIDITY_MISSING.code in str(row.oldest.why)


def test_the_request_behind_one_that_others_have_passed_is_in_that_row_too() -> None:
    never = OpenRequest(7, "0xab", 172_800, overdue=True, unpayable=LIQUIDITY_MISSING("never"))
    stuck = OpenRequest(9, "0xcd", 70, overdue=True, unpayable=None)
    found = reported(readings(contracts={"child": {"requested": 10}}, oldest={"child": never}, newer={"child": stuck}))
    row = next(row for row in found.directions if row.source == "child" and row.token is None)
    assert row.oldest
    assert row.newer
    assert (row.level, row.oldest.payable, row.newer.nonce, row.newer.payable) == ("stopped", False, 9, True)
    line = next(line for line in table(found).splitlines() if line.startswith("child to parent  coins"))
    assert re.search(r"  7, [^,;]+, cannot be paid; 9, [^,;]+  ", line), line
    gap = reported(readings(oldest={"child": never}, newer={"child": GONE}))
    row = next(row for row in gap.directions if row.source == "child" and row.token is None)
    assert (row.newer, list(row.missing)) == (None, ["newer"])


def test_the_liquidity_of_a_token_is_that_of_the_target() -> None:
    rows = {row.source: row for row in reported().directions if row.token == "play"}
    assert (rows["child"].liquidity, rows["child"].mints) == ("5", False)
    assert (rows["parent"].liquidity, rows["parent"].mints) == ("5", True)
    assert TOKENS["child"] in targets().contracts["child"].tokens[0].address


def test_the_schema_in_the_documents_is_that_of_the_program() -> None:
    assert STATUS.file.read_text() == STATUS.render(), "run make docs"


def test_the_schema_says_which_one_it_is() -> None:
    assert STATUS.schema()["properties"]["schema"]["const"] == SCHEMA == 1
    assert json.loads(reported().model_dump_json(by_alias=True))["schema"] == SCHEMA


STABLE = Path(__file__).with_name("status-1.json")
"""A report of schema 1 as first published. Later versions may add fields, but must not remove any."""


@pytest.mark.parametrize("found", [reported(), degraded()], ids=["healthy", "degraded"])
def test_fields_of_schema_1_stay(found: Report) -> None:
    missing = _lost(json.loads(STABLE.read_text()), json.loads(found.model_dump_json(by_alias=True)), "report")
    assert missing == []


def _lost(before: Any, now: Any, where: str) -> list[str]:
    """Return the fields that are gone or of another type; null stands for a value that is missing."""
    if isinstance(before, dict) and isinstance(now, dict) and where.rpartition(".")[2] != "missing":
        gone = [f"{where}.{name}" for name in before if name not in now]
        return gone + [
            lost for name in before if name in now for lost in _lost(before[name], now[name], f"{where}.{name}")
        ]
    if isinstance(before, list) and isinstance(now, list):
        return [lost for one, other in zip(before, now, strict=False) for lost in _lost(one, other, where)]
    numbers = isinstance(before, int | float) and isinstance(now, int | float)
    same = before is None or now is None or numbers or type(before) is type(now)
    return [] if same else [f"{where}: {type(before).__name__} is {type(now).__name__} now"]


def test_a_report_that_loses_a_field_is_noticed() -> None:
    before = json.loads(STABLE.read_text())
    now = json.loads(STABLE.read_text())
    del now["nodes"][0]["head"]
    now["verdict"]["text"] = 7
    assert _lost(before, now, "report") == ["report.verdict.text: str is int now", "report.nodes.head"]


def test_a_terminal_shows_the_verdict_first_and_what_is_wrong() -> None:
    lines = table(degraded()).splitlines()
    assert lines[0].startswith("dev: degraded: 1 of 2 pairs healthy, threshold 1: ")
    assert any(NODE_DOWN.code in line and line.startswith("  degraded") for line in lines)
    row = next(line for line in lines if line.startswith("alpha-en"))
    assert row.split()[1:5] == ["parent", "degraded", "?", "?"]
    assert "\x1b" not in table(degraded())
    assert "\x1b[33mdegraded\x1b[0m" in table(degraded(), colours=True)


@pytest.mark.parametrize(
    ("amount", "words"),
    [(None, "?"), ("0", "0.00"), (str(COIN), "1.00"), (str(COIN // 1000), "0.001"), ("1", "1e-18")],
)
def test_amounts_in_coins(amount: str | None, words: str) -> None:
    assert coins(amount) == words


class Page(HTMLParser):
    """What a page has: open elements, texts by class, and everything that it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.levels: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._level = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.loads += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "srcset", "action")]
        self._level = dict(attrs).get("class") or ""
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the last element."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text, and the level that its element has."""
        self.words.append(data)
        if self._level in ("healthy", "degraded", "stopped") and data.strip():
            self.levels.append((self._level, data.split()[-1]))
        self._level = ""


def test_the_page_needs_nothing_else_and_names_each_state() -> None:
    text = page(degraded().model_copy(update={"stack": "<dev>"}))
    found = Page(text)
    assert (found.open, found.loads) == ([], [])
    assert "url(" not in text
    assert "@import" not in text
    assert {level for level, _ in found.levels} == {"healthy", "degraded"}
    assert all(level == word for level, word in found.levels), "the state is told by a word, not by a colour alone"
    assert "<dev>: " in found.words
    assert {"alpha-en", "scn-4", "parent to child"} <= set(found.words)
    assert any(NODE_DOWN.code in word for word in found.words)
    assert "prefers-color-scheme: dark" in text
    assert 'name="viewport"' in text
