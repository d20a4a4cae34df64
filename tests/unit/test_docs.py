"""The documents speak of what exists: messages, files, make targets, settings files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SOURCES = [*(ROOT / "components").rglob("*.py"), *(ROOT / "toolchain").rglob("*.py"), ROOT / "toolchain/stack"]
HOLE = "…"


def texts(source: Path) -> Iterator[str]:
    """Return the texts in a source, with a hole wherever a value goes in."""
    if source.suffix != ".py":
        yield re.sub(r'"\s*\\\n\s*"', " ", re.sub(r"\$\{?\w+\}?", HOLE, source.read_text()))
        return
    for node in ast.walk(ast.parse(source.read_text())):
        match node:
            case ast.Constant(value=str(text)):
                yield text
            case ast.JoinedStr(values=values):
                yield "".join(str(one.value) if isinstance(one, ast.Constant) else HOLE for one in values)


def written(words: str, text: str) -> bool:
    """Tell whether a text has these words, whatever stands in the holes of either."""
    pieces = [re.escape(piece) for piece in words.split(HOLE)]
    return re.search(".*?".join(pieces), text, flags=re.DOTALL) is not None


def quoted() -> list[str]:
    """Return the messages in the last table of the runbooks."""
    table = (ROOT / "docs/runbooks.md").read_text().split("## By what a message says")[1]
    return re.findall(r"^\| `([^`]+)` \|", table, flags=re.MULTILINE)


@pytest.mark.parametrize("message", quoted())
def test_a_message_in_the_runbooks_is_one_of_the_program(message: str) -> None:
    assert any(written(message, text) for source in SOURCES for text in texts(source))


def test_there_are_messages() -> None:
    assert len(quoted()) > 15
    assert not written("no such words", "other words")


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_what_a_document_names_exists(document: Path) -> None:
    text = document.read_text()
    files = re.findall(r"`((?:docs|components|toolchain|tests|policy)/[\w./-]*\w|Pulumi\.[a-z]+\.yaml)`", text)
    assert [name for name in files if not (ROOT / name).exists()] == []
    rules = re.findall(r"^([a-z-]+(?: [a-z-]+)*):(?!=)", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    targets = {target for rule in rules for target in rule.split()}
    named = re.findall(r"(?:`|\$ |^)make ([a-z][a-z-]*)", text, flags=re.MULTILINE)
    assert [name for name in named if name not in targets] == []
