"""The report on a bridge as one page that needs nothing else: for a phone too, in light and dark. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape

from components.watch.report import Report
from toolchain.ops.status_history import TAG, History
from toolchain.ops.status_strips import strips
from toolchain.ops.status_table import tables

STYLE = """
:root { color-scheme: light dark; --ink: #1c1f23; --dim: #57606b; --paper: #fff; --line: #d9dee4; --card: #f6f8fa;
  --healthy: #14692f; --degraded: #8a5200; --stopped: #b3161b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --dim: #9aa4af; --paper: #15181b; --line: #343a41;
  --card: #1d2125; --healthy: #5fd083; --degraded: #f0b45c; --stopped: #ff7d78; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 80rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.3rem; margin: 0 0 .3rem; } h2 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
p, ul { margin: .2rem 0; } ul { padding-left: 1.2rem; } .dim { color: var(--dim); }
table { border-collapse: collapse; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 600; white-space: nowrap; }
.healthy, .degraded, .stopped { font-weight: 600; white-space: nowrap; }
.code { white-space: nowrap; }
.healthy { color: var(--healthy); } .degraded { color: var(--degraded); } .stopped { color: var(--stopped); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem .8rem; margin: 0; font-size: .9rem; }
dd { margin: 0; } dt { color: var(--dim); }
.strip { display: block; width: 100%; height: 1.2rem; background: var(--card); border-radius: 2px; }
.strip .healthy { fill: var(--healthy); } .strip .degraded { fill: var(--degraded); }
.strip .stopped { fill: var(--stopped); }
@media (max-width: 45rem) {
  table, tbody { display: block; } thead { display: none; }
  tr { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; margin: 0 0 .5rem; padding: .5rem .7rem;
    background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
  td { padding: 0; border: 0; } td.none { display: none; }
  td::before { content: attr(data-name) " "; color: var(--dim); }
  td:first-child { font-weight: 600; } td:first-child::before { content: none; }
  dl { grid-template-columns: 1fr; gap: .1rem; } dd { margin-bottom: .5rem; }
}
"""
LEVELS = ("healthy", "degraded", "stopped")
SIGNS = {"healthy": "●", "degraded": "▲", "stopped": "■"}
"""Shapes, so that the state does not depend on colours."""
TITLES = ("Chains", "Nodes", "Pairs", "Transfers")


def page(found: Report, history: History | None = None, every: float | None = None) -> str:
    """Return the page. `every`: seconds after which a browser loads it again, where somebody watches."""
    return "\n".join(_lines(found, history, every)) + "\n"


def _lines(found: Report, history: History | None, every: float | None) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    if every:
        yield f'<meta http-equiv="refresh" content="{every:g}">'
    yield f"<title>{escape(found.stack)}: {found.verdict.level}</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    yield from body(found, history)
    if history:
        yield f"{TAG}{history.as_json()}</script>"
    yield "</body>\n</html>"


def body(found: Report, history: History | None = None) -> Iterator[str]:
    """Yield the elements of the page, which are well-formed XML too."""
    name, verdict = escape(found.stack), found.verdict
    yield f"<h1>{name}: {_level(verdict.level)}</h1>\n<p>{escape(verdict.text)}</p>"
    unfinished = "; a run is not finished" if found.unfinished else ""
    when = datetime.fromisoformat(found.time).strftime("%Y-%m-%d %H:%M:%S UTC")
    yield f'<p class="dim">read at {when} in {found.seconds:g} s{unfinished}</p>'
    if found.findings:
        yield "<h2>What is wrong</h2>\n<ul>"
        yield from (f"<li>{_level(one.level)} {_sentence(one.text)}</li>" for one in found.findings)
        yield "</ul>"
    if history:
        yield "<h2>While it was watched</h2>"
        yield from strips(history)
    for title, (names, rows) in zip(TITLES, tables(found), strict=True):
        if rows:
            yield f"<h2>{title}</h2>\n<table>"
            yield "<thead><tr>" + "".join(f"<th>{escape(one)}</th>" for one in names) + "</tr></thead>\n<tbody>"
            yield from (_row(names, row) for row in rows)
            yield "</tbody></table>"


def _row(names: Sequence[str], cells: Iterable[str]) -> str:
    """Return a row; on a phone each cell stands beside the name of its column, and empty cells are left out."""
    return "<tr>" + "".join(_cell(name, cell) for name, cell in zip(names, cells, strict=True)) + "</tr>"


def _cell(name: str, text: str) -> str:
    shown = _level(text) if text in LEVELS else escape(text)
    none = "" if text else ' class="none"'
    return f'<td data-name="{escape(name)}"{none}><span>{shown}</span></td>'


def _sentence(text: str) -> str:
    return re.sub(r"\[SCH-\d+\]", r'<span class="code">\g<0></span>', escape(text))


def _level(level: str) -> str:
    return f'<span class="{level}">{SIGNS[level]} {level}</span>'
