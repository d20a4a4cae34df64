"""The settings reference: it is current, and says something of every setting."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.examples import EXAMPLES
from tests.program.stacks import example
from toolchain.docs.settings_reference import FILE, render


@pytest.fixture(scope="module")
def page() -> str:
    return render()


def test_it_is_current(page: str) -> None:
    assert FILE.read_text() == page, "the models have changed: run `make docs`"


def test_no_file_is_read_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack files are a user's to edit."""
    monkeypatch.setattr(Path, "open", None)
    monkeypatch.setattr(Path, "read_text", None)
    assert render()


def test_every_setting_has_a_type_a_default_and_a_meaning(page: str) -> None:
    rows = [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) > 50
    for name, type_, default, meaning, *_ in rows:
        assert type_ not in {"", "value"}, name
        assert default, name
        assert meaning not in {"", "—"}, f"{name}: write a docstring beside the field"


@pytest.mark.parametrize("stack", EXAMPLES)
def test_every_setting_of_the_examples_is_in_it(page: str, stack: str) -> None:
    config = example(stack)
    many = {re.sub(r"^existing\.hosts\.[^.]+", "existing.hosts.<name>", path) for path in paths(config)}
    for path in many - {"aws.tags.environment", "existing.hosts.<name>"}:
        section, _, key = path.rpartition(".")
        tables = re.split(r"^## ", page, flags=re.MULTILINE)
        (table,) = [one for one in tables if (f"`{section}`" in one.splitlines()[0] if section else one is tables[0])]
        assert f"| `{key}` |" in table, path


def paths(value: Any, path: str = "") -> Iterator[str]:
    """Return the paths of all settings, those of the items of a list as one."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield f"{path}.{key}".lstrip(".")
            yield from paths(inner, f"{path}.{key}".lstrip("."))
    if isinstance(value, list):
        for inner in value:
            yield from paths(inner, f"{path}[]")
