"""The documents name what exists: messages, files, links, make targets, settings files."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *PAGES]
SOURCES = [*(ROOT / "components").rglob("*.py"), *(ROOT / "toolchain").rglob("*.py"), ROOT / "toolchain/stack"]
HOLE = "…"


def texts(source: Path) -> Iterator[str]:
    """Return the strings in a source, with a hole in place of each value."""
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
    """Tell whether a text contains these words, with any text in the holes of either."""
    pieces = [re.escape(piece) for piece in words.split(HOLE)]
    return re.search(".*?".join(pieces), text, flags=re.DOTALL) is not None


def quoted() -> list[str]:
    """Return the messages in the tables of the pages about them."""
    cells = re.findall(r"^\| (`.+?`) \|", page("runbooks").split("## By message")[1], flags=re.MULTILINE)
    cells += re.findall(r"^\| (`.+?`) \|", page("interrupted"), flags=re.MULTILINE)
    cells += re.findall(r"^\| [^|]+ \| (`.+?`) \|", page("drift"), flags=re.MULTILINE)
    return [message for cell in cells for message in re.findall(r"`([^`]+)`", cell)]


def page(name: str) -> str:
    """Return the text of a page."""
    return (ROOT / f"docs/{name}.md").read_text()


@pytest.mark.parametrize("message", quoted())
def test_the_program_has_each_message_of_the_documents(message: str) -> None:
    assert any(written(message, text) for text in all_texts())


@cache
def all_texts() -> list[str]:
    """Return the texts of all sources."""
    return [text for source in SOURCES for text in texts(source)]


def samples() -> list[str]:
    """Return the lines of program output in the documents: in blocks of text, and in consoles."""
    blocks = [
        block
        for document in DOCS
        for block in re.findall(
            r"^ *```(?:text|console)\n(.*?)^ *```", document.read_text(), flags=re.MULTILINE | re.DOTALL
        )
    ]
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line not in ("", HOLE) and not line.startswith("$")]


@pytest.mark.parametrize("line", samples())
def test_the_program_prints_each_sample(line: str) -> None:
    assert any(len(text.replace(HOLE, "")) > 12 and "\n" not in text and written(text, line) for text in all_texts())


def test_there_are_messages() -> None:
    assert len(quoted()) > 50
    assert len(samples()) > 10
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


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    dead = []
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", document.read_text()):
        name, _, anchor = link.partition("#")
        page = document.parent / name if name else document
        if not page.exists() or (anchor and anchor not in anchors(page)):
            dead.append(link)
    assert dead == []


def test_the_index_lists_every_page() -> None:
    index = ROOT / "docs/README.md"
    listed = set(re.findall(r"\]\(([\w-]+\.md)[#)]", index.read_text()))
    assert listed == {page.name for page in PAGES} - {index.name}


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 80


def packages(folder: Path) -> set[str]:
    """Return the names of the packages in a folder."""
    return {path.parent.name for path in folder.glob("*/__init__.py")}


def test_the_map_of_the_packages_is_complete() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    rows = dict(re.findall(r"^\| `components/(\w+)/` \| (.*) \|$", text, flags=re.MULTILINE))
    assert rows.keys() == packages(ROOT / "components")
    for name, content in rows.items():
        assert set(re.findall(r"`(\w+)/`", content)) == packages(ROOT / "components" / name), name
