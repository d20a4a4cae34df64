"""docs/status.svg, the picture of `make status` in the README, from a report that a real bridge gave.

usage: python -m toolchain.docs.status_picture

docs/status.example.json is what `make status ARGS=--json` printed during `make drill ARGS='--fault en --pair alpha'`.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path

from components.watch.report import Report
from toolchain.ops.status_table import COLOURS, table

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLE, PICTURE = DOCS / "status.example.json", DOCS / "status.svg"
LINE, WIDTH, MARGIN = 17, 7.25, 16
"""Height of a line, width of a character and margin, in pixels at a font size of 12."""
STYLE = """
.page { fill: #ffffff; stroke: #d0d7de } text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #1f2328 }
.healthy { fill: #1a7f37 } .degraded { fill: #9a6700 } .stopped { fill: #cf222e }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117; stroke: #3d444d } text { fill: #e6edf3 }
.healthy { fill: #3fb950 } .degraded { fill: #d29922 } .stopped { fill: #f85149 }
}
""".strip()
"""Contrasts are at least 4.5 to 1, and a level is also a word."""


def picture(found: Report) -> str:
    """Return a report as SVG: the lines of the terminal, each level in its colour, in light and dark."""
    lines = table(found).splitlines()
    width = round(max(map(len, lines)) * WIDTH) + 2 * MARGIN
    height = len(lines) * LINE + 2 * MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
            f"<title>{escape(lines[0])}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="page" width="{width}" height="{height}" rx="6"/>',
            *_texts(lines),
            "</svg>",
            "",
        ]
    )


def _texts(lines: list[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if line:
            y = MARGIN + LINE * number + 12
            yield f'<text x="{MARGIN}" y="{y}" xml:space="preserve">{_coloured(line)}</text>'


def _coloured(line: str) -> str:
    text = escape(line)
    for level in COLOURS:
        text = text.replace(level, f'<tspan class="{level}">{level}</tspan>')
    return text


def main() -> None:
    """Write the file."""
    PICTURE.write_text(picture(Report.model_validate_json(EXAMPLE.read_text())), encoding="utf-8")


if __name__ == "__main__":
    main()
