"""Write docs/settings.md from the models of the configuration: python -m toolchain.docs.settings_reference [FILE].

Names, types and defaults are those of the models, meanings are the docstrings beside the fields, and examples are
taken from the example stacks where one has the setting.
"""

import ast
import inspect
import json
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, get_origin, get_type_hints

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from components.domain.units import PEB
from components.settings.model import Settings
from components.settings.sentences import NAMESPACE
from toolchain.docs.settings_examples import DEFAULTS, EXAMPLES, MEANINGS, OF_KINDS, SEED_FILE
from toolchain.docs.settings_kinds import alternatives, in_words, model_in, name_of, names_in

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs/settings.md"
STACKS = ("dev", "kairos", "mainnet", "existing")

HEAD = f"""\
# Settings

Everything that a stack can be configured with, in its `Pulumi.<stack>.yaml`. Each key of the first table has the
namespace before it, as in `{NAMESPACE}:bridge`; the tables after it are of the sections below. `[]` stands for each
item of a list. What is not written has its default. A setting that cannot be used stops the preview with a sentence
that says where, why, and what to write.

This page is written by `make docs` from the models in `components/settings/`; a test holds it to them.
"""

Row = tuple[str, str, str, str, str]


@dataclass
class Part:
    """A model with all the places where it stands."""

    model: type[BaseModel]
    paths: list[str] = field(default_factory=list)


def render() -> str:
    """Return the page."""
    parts: dict[type[BaseModel], Part] = {}
    _collect(Settings, "", parts)
    texts = [HEAD]
    for part in parts.values():
        rows = [_row(part, name, info) for name, info in part.model.model_fields.items()]
        if part.model is Settings:
            rows.append(SEED_FILE)
        else:
            texts.append(f"## {', '.join(f'`{path}`' for path in part.paths)}\n\n{_words(part.model.__doc__)}\n")
        texts.append(_table(rows))
    return "\n".join(texts)


def _collect(model: type[BaseModel], path: str, parts: dict[type[BaseModel], Part]) -> None:
    part = parts.setdefault(model, Part(model))
    part.paths.append(path)
    for name, info in model.model_fields.items():
        if (inner := model_in(info.annotation)) is not None:
            _collect(inner, _below(path, name, info), parts)


def _below(path: str, name: str, info: FieldInfo) -> str:
    """Return the path of a setting, as that of each item where it has many."""
    kinds = [get_origin(one) for one in alternatives(info.annotation)]
    many = "[]" if list in kinds else ".<name>" if dict in kinds and model_in(info.annotation) else ""
    return f"{path}.{info.alias or name}{many}".lstrip(".")


def _row(part: Part, name: str, info: FieldInfo) -> Row:
    hint = get_type_hints(part.model, include_extras=True)[name]
    own = f"{part.model.__name__}.{name}"
    meaning = _meanings(part.model).get(name) or MEANINGS.get(own) or _words(getattr(model_in(hint), "__doc__", ""))
    paths = [_below(path, name, info).removesuffix("[]") for path in part.paths]
    return (
        f"`{info.alias or name}`",
        in_words(hint),
        DEFAULTS.get(own) or _default(hint, info),
        (meaning or "—").replace("<", "&lt;"),
        _example(paths, hint, info),
    )


def _table(rows: list[Row]) -> str:
    lines = ["| setting | type | default | meaning | example |", "| --- | --- | --- | --- | --- |"]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


# -- meanings ----------------------------------------------------------------------------------------------


def _words(text: str | None) -> str:
    return " ".join((text or "").split())


@cache
def _meanings(model: type[BaseModel]) -> Mapping[str, str]:
    """Return the docstrings beside the fields of a model, and of the models that it is made of."""
    found: dict[str, str] = {}
    for each in reversed([one for one in model.__mro__ if issubclass(one, BaseModel) and one is not BaseModel]):
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(each))).body
        found.update(_docstrings(tree.body) if isinstance(tree, ast.ClassDef) else {})
    return found


def _docstrings(body: list[ast.stmt]) -> Mapping[str, str]:
    """Return the docstrings by field; what is said of a `child_…` goes for the `parent_…` right before it too."""
    found: dict[str, str] = {}
    for one, after in reversed([*pairwise(body)]):
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            name = one.target.id
            twin = after.target if isinstance(after, ast.AnnAssign) else None
            value = after.value if isinstance(after, ast.Expr) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                found[name] = _words(value.value)
            elif isinstance(twin, ast.Name) and twin.id == name.replace("parent_", "child_") in found:
                found[name] = found[twin.id]
    return found


# -- defaults and examples ---------------------------------------------------------------------------------


def _default(hint: Any, info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    value = info.get_default(call_default_factory=True, validated_data={})
    if value is None or value in ([], {}):
        return "none"
    if isinstance(value, BaseModel):
        told = value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return _code(told) if told else "its defaults"
    return _code(value / PEB if "Coins" in str(name_of(hint)) else value)


def _code(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"`{value}`" if isinstance(value, str) else f"`{json.dumps(value, ensure_ascii=False)}`"


def _example(paths: list[str], hint: Any, info: FieldInfo) -> str:
    """Return an example: one that is written down, or of an example stack, or of the kind of values."""
    if found := next((EXAMPLES[path] for path in paths if path in EXAMPLES), None):
        return _code(found)
    if model_in(info.annotation):
        return ""
    used = (_look_up(_stack(stack), path) for stack in STACKS for path in paths)
    if (found := next((value for value in used if value is not None), None)) is not None:
        return _code(found)
    if isinstance(info.default, bool):
        return _code(not info.default)
    return next((_code(OF_KINDS[name]) for name in names_in(hint) if name in OF_KINDS), "")


@cache
def _stack(name: str) -> Any:
    config = yaml.safe_load((ROOT / f"Pulumi.{name}.yaml").read_text())["config"]
    return {key.removeprefix(f"{NAMESPACE}:"): value for key, value in config.items()}


def _look_up(value: Any, path: str) -> Any:
    """Return what is at a path, in the first of many items that has it."""
    key, _, rest = path.partition(".")
    found = value.get(key.removesuffix("[]")) if isinstance(value, Mapping) else None
    if key.endswith("[]") or key == "<name>":
        items = found if isinstance(found, list) else value.values() if key == "<name>" and value else []
        return next((inner for item in items if (inner := _look_up(item, rest)) is not None), None)
    return _look_up(found, rest) if rest else found


def main(arguments: list[str]) -> None:
    """Write the page."""
    file = Path(arguments[0]) if arguments else FILE
    file.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
