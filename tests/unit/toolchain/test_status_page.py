"""The status page in a real browser, on a phone and on a desk, in light and dark: nothing is cut off or unreadable."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest

from tests.unit.toolchain.test_status_history import DEAD, ILL, WELL, at, watched
from tests.unit.watch.test_report import degraded
from toolchain.ops.status_html import page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next((found for name in BROWSERS if (found := shutil.which(name))), None)
PHONE, DESK = 360, 1280
CONTRAST = 4.5
"""Of text on its background, for everybody to read it (WCAG 2, level AA)."""

PROBE = """
const seen = frame.contentDocument, box = seen.documentElement, found = {};
found.overflow = box.scrollWidth - box.clientWidth;
found.cut = [...seen.querySelectorAll("body *")].filter(one => one.scrollWidth > one.clientWidth + 1 &&
  getComputedStyle(one).display !== "inline" && one.clientWidth > 0).map(one => one.outerHTML.slice(0, 80));
const colour = (one, what) => { for (; one; one = one.parentElement) {
  const value = frame.contentWindow.getComputedStyle(one)[what];
  if (what === "color" || !/, 0\\)$/.test(value)) return value; } return "rgb(255, 255, 255)"; };
found.texts = [...seen.querySelectorAll("h1, p, li, td, dt, dd, .healthy, .degraded, .stopped")]
  .filter(one => !one.closest("svg"))
  .map(one => [one.className || one.tagName, colour(one, "color"), colour(one, "backgroundColor")]);
const texts = seen.createTreeWalker(seen.body, NodeFilter.SHOW_TEXT), codes = [];
for (let text; (text = texts.nextNode());) for (const { 0: code, index } of text.data.matchAll(/\\[SCH-\\d+\\]/g)) {
  const range = seen.createRange();
  range.setStart(text, index);
  range.setEnd(text, index + code.length);
  codes.push([code, new Set([...range.getClientRects()].map(box => box.top)).size]);
}
found.codes = codes;
found.words = seen.body.innerText;
document.getElementById("out").textContent = JSON.stringify(found);
"""

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no browser: install the Debian package chromium to run these")


def shown(folder: Path, text: str, width: int, *, dark: bool) -> Mapping[str, Any]:
    """Return what a browser makes of a page in a frame of that width."""
    frame = f'<iframe id="frame" style="border:0;width:{width}px;height:800px" srcdoc="{escape(text)}"></iframe>'
    script = f"<script>const frame = document.getElementById('frame'); frame.onload = () => {{{PROBE}}};</script>"
    (folder / "frame.html").write_text(f'<!doctype html><body><pre id="out"></pre>{frame}{script}', encoding="utf-8")
    command = [
        str(BROWSER),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        f"--user-data-dir={folder}/profile",
        f"--blink-settings=preferredColorScheme={0 if dark else 1}",
        "--dump-dom",
        (folder / "frame.html").as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    match = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, flags=re.DOTALL)
    assert match, done.stdout[:500]
    assert match[1], done.stderr[-500:]
    found: Mapping[str, Any] = json.loads(unescape(match[1]))
    return found


def luminance(colour: str) -> float:
    parts = [int(one) / 255 for one in re.findall(r"\d+", colour)[:3]]
    red, green, blue = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK], ids=["phone", "desk"])
def test_the_page_is_readable(tmp_path: Path, width: int, *, dark: bool) -> None:
    history = watched((WELL, 0), (ILL, 5), (DEAD, 10), (WELL, 15))
    wide = degraded().model_copy(update={"stack": "a-stack-with-quite-a-long-name-of-its-own"})
    found = shown(tmp_path, page(at(wide, 20), history), width, dark=dark)
    assert (found["overflow"], found["cut"]) == (0, [])
    low = {what: contrast(ink, paper) for what, ink, paper in found["texts"] if contrast(ink, paper) < CONTRAST}
    assert low == {}
    papers = {paper for _, _, paper in found["texts"]}
    assert all((luminance(paper) < 0.2) == dark for paper in papers), "the browser's wish is followed"
    assert "read at 2023-11-14 22:13:40 UTC" in found["words"]
    for level in ("healthy", "degraded", "stopped"):
        assert level in found["words"]
    for name in ("alpha-en", "scn-4", "beta", "parent to child", "While it was watched"):
        assert name in found["words"]


def test_a_code_is_never_broken_at_its_hyphen(tmp_path: Path) -> None:
    (one, *_) = degraded().findings
    many = tuple(one.model_copy(update={"text": f"alpha-en: {'n' * size} [SCH-321]"}) for size in range(40))
    found = shown(tmp_path, page(degraded().model_copy(update={"findings": many})), PHONE, dark=False)
    assert found["codes"] == [["[SCH-321]", 1]] * len(many)


def test_the_test_sees_what_does_not_fit(tmp_path: Path) -> None:
    wide = page(degraded()).replace("<h1>", '<h1 style="width:2000px;color:#fff;background:#eee">')
    found = shown(tmp_path, wide, PHONE, dark=False)
    assert found["overflow"] > 0
    assert any(contrast(ink, paper) < CONTRAST for _, ink, paper in found["texts"])
