"""Write docs/settings.md from the models of the configuration: python -m toolchain.docs.settings_reference [FILE].

Everything in it comes from the JSON schema of the models: names, types, defaults, descriptions and examples. No stack
file is read: those are a user's to change.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from components.settings.sentences import NAMESPACE
from toolchain.docs.settings_schema import ROOT, Schema, of_settings

FILE = ROOT / "docs/settings.md"

HEAD = f"""\
# Settings

All settings of a stack, in its `Pulumi.<stack>.yaml`. The keys of the first table have the namespace in front, as in
`{NAMESPACE}:bridge`; the other tables are the sections below them. `[]` stands for each item of a list. A setting that
is not given has its default. A setting that cannot be used stops the preview with a message that says where, why, and
what to write.

Editors with a YAML language server complete and check a stack file whose first line names the schema, as in
`Pulumi.dev.yaml`: `# yaml-language-server: $schema=docs/settings.schema.json`.

This page and the schema are written by `make docs` from the models in `components/settings/`.
"""

Row = tuple[str, str, str, str, str]


@dataclass
class Part:
    """A section with all the places where it stands."""

    schema: Schema
    paths: list[str] = field(default_factory=list)


class Reference:
    """The page, from the JSON schema of the settings."""

    def __init__(self, schema: Schema) -> None:
        self._sections: Mapping[str, Schema] = schema["$defs"]
        self._parts: dict[str, Part] = {}
        self._collect("", schema, "")

    def render(self) -> str:
        """Return the page."""
        texts = [HEAD]
        for name, part in self._parts.items():
            if name:
                paths = ", ".join(f"`{path}`" for path in part.paths)
                texts.append(f"## {paths}\n\n{part.schema['description']}\n")
            texts.append(_table([self._row(part, *one) for one in part.schema["properties"].items()]))
        return "\n".join(texts)

    def _collect(self, name: str, section: Schema, path: str) -> None:
        part = self._parts.setdefault(name, Part(section))
        part.paths.append(path)
        for key, found in section["properties"].items():
            if inner := _section_in(found):
                self._collect(inner, self._sections[inner], f"{path}.{key}{_many(found)}".lstrip("."))

    def _row(self, part: Part, key: str, found: Schema) -> Row:
        section = self._sections.get(_section_in(found) or "", {})
        return (
            f"`{key}`",
            in_words(found),
            _default(found, required=key in part.schema.get("required", ())),
            (found.get("description") or section.get("description") or "—").replace("<", "&lt;"),
            _example(found),
        )


def render() -> str:
    """Return the page."""
    return Reference(of_settings()).render()


def in_words(schema: Schema) -> str:
    """Return what a setting takes."""
    if "title" in schema:
        return str(schema["title"])
    if "$ref" in schema:
        return "section, below"
    if "anyOf" in schema:
        return " or ".join(in_words(one) for one in _alternatives(schema))
    if "enum" in schema:
        return " or ".join(f"`{one}`" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list, each: {in_words(schema['items'])}"
    if "patternProperties" in schema:
        return f"mapping of name to {in_words(*schema['patternProperties'].values())}"
    return {"string": "text"}.get(str(schema.get("type")), "value")


def _alternatives(schema: Schema) -> list[Schema]:
    """Return what a setting may be one of, without nothing."""
    return [one for one in schema.get("anyOf", [schema]) if one != {"type": "null"}]


def _inner(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Return the alternatives of a setting and their items, each with the end of its path."""
    for one in _alternatives(schema):
        yield "", one
        if "items" in one:
            yield "[]", one["items"]
        yield from ((".<name>", value) for value in one.get("patternProperties", {}).values())


def _section_in(schema: Schema) -> str | None:
    """Return the name of the section that a setting is, or that its items are."""
    return next((str(one["$ref"]).rpartition("/")[2] for _, one in _inner(schema) if "$ref" in one), None)


def _many(schema: Schema) -> str:
    return next(end for end, one in _inner(schema) if "$ref" in one)


def _table(rows: list[Row]) -> str:
    lines = ["| setting | type | default | meaning | example |", "| --- | --- | --- | --- | --- |"]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


# -- defaults and examples ---------------------------------------------------------------------------------


def _default(schema: Schema, *, required: bool) -> str:
    if words := schema.get("x-default"):
        return str(words)
    if "default" in schema:
        return "its defaults" if schema["default"] == {} else _code(schema["default"])
    return "required" if required else "none"


def _code(value: Any) -> str:
    return f"`{value}`" if isinstance(value, str) else f"`{json.dumps(value, ensure_ascii=False)}`"


def _example(schema: Schema) -> str:
    """Return an example: one of the field, or of its kind of values."""
    if found := schema.get("examples"):
        return _code(found[0])
    if _section_in(schema):
        return ""
    if isinstance(schema.get("default"), bool):
        return _code(not schema["default"])
    for one in _alternatives(schema):
        if one.get("format") == "password":
            return "`(a secret)`"
        if found := one.get("examples"):
            return _code(found[0])
    return ""


def main(arguments: list[str]) -> None:
    """Write the page."""
    file = Path(arguments[0]) if arguments else FILE
    file.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
