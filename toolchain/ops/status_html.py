"""The report on a bridge as one page that needs nothing else: for a phone too, in light and dark. Pure."""

from collections.abc import Iterable, Iterator
from html import escape

from components.watch.report import Report
from toolchain.ops.status_table import tables

STYLE = """
:root { color-scheme: light dark; --ink: #1c1f23; --dim: #5b6470; --paper: #fff; --line: #d9dee4;
  --healthy: #14692f; --degraded: #8a5200; --stopped: #b3161b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --dim: #9aa4af; --paper: #15181b; --line: #343a41;
  --healthy: #5fd083; --degraded: #f0b45c; --stopped: #ff7d78; } }
body { margin: 0 auto; padding: 1rem; max-width: 80rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.45 system-ui, sans-serif; }
h1 { font-size: 1.3rem; margin: 0 0 .3rem; } h2 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
p, ul { margin: .2rem 0; } ul { padding-left: 1.2rem; } .dim { color: var(--dim); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--dim); font-weight: 600; }
.healthy, .degraded, .stopped { font-weight: 600; }
.healthy { color: var(--healthy); } .degraded { color: var(--degraded); } .stopped { color: var(--stopped); }
"""
LEVELS = ("healthy", "degraded", "stopped")
SIGNS = {"healthy": "●", "degraded": "▲", "stopped": "■"}
"""Shapes, so that the state does not depend on colours."""
TITLES = ("Chains", "Nodes", "Pairs", "Transfers")


def page(found: Report) -> str:
    """Return the page."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Report) -> Iterator[str]:
    name, verdict = escape(found.stack), found.verdict
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{name}: {verdict.level}</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    yield f"<h1>{name}: {_level(verdict.level)}</h1>\n<p>{escape(verdict.text)}</p>"
    unfinished = "; a run is not finished" if found.unfinished else ""
    yield f'<p class="dim">read at {escape(found.time)} in {found.seconds:g} s{unfinished}</p>'
    if found.findings:
        yield "<h2>What is wrong</h2>\n<ul>"
        yield from (f"<li>{_level(one.level)} {escape(one.text)}</li>" for one in found.findings)
        yield "</ul>"
    for title, (names, rows) in zip(TITLES, tables(found), strict=True):
        if rows:
            yield f'<h2>{title}</h2>\n<div class="scroll"><table>'
            yield _row("th", names)
            yield from (_row("td", row) for row in rows)
            yield "</table></div>"
    yield "</body>\n</html>"


def _row(tag: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{_cell(cell)}</{tag}>" for cell in cells) + "</tr>"


def _cell(text: str) -> str:
    return _level(text) if text in LEVELS else escape(text)


def _level(level: str) -> str:
    return f'<span class="{level}">{SIGNS[level]} {level}</span>'
