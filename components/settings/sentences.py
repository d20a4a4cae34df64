"""Messages about a configuration that cannot be used: where, what is wrong, what to write instead."""

import difflib
import types
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from components.domain.problems.problem import Message
from components.domain.problems.settings import MISSING_KEY, UNKNOWN_KEY, WRONG_FORM
from components.settings.model import Settings

NAMESPACE = "servicechain-ha"
_SEED = (
    f"set it with `openssl rand -hex 32 | pulumi config set --secret {NAMESPACE}:identitySeed` in `make shell "
    "STACK=name`, or for a local stack set identitySeedFile to .state/STACK/identity-seed, a file that make makes"
)


def at(path: str, message: Message) -> Message:
    """Return a message with the path of the key that it is about in front."""
    return Message(f"{NAMESPACE}:{path}: {message}")


def sentence(problem: ErrorDetails) -> Message:
    """Return a message for what pydantic found."""
    parts = [part for part in problem["loc"] if part != "[key]"]  # pydantic's mark for the key of a mapping
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{_one_line(part)}" for part in parts).lstrip(".")
    kind, key = problem["type"], str(problem["loc"][-1]) if problem["loc"] else ""
    if kind == "extra_forbidden":
        return at(path, UNKNOWN_KEY(f"there is no such key; {nearest(key, _keys_beside(problem['loc']))}"))
    if kind == "missing":
        how = _SEED if path == "identitySeed" else "add it to the settings file of the stack, see docs/settings.md"
        return at(path, MISSING_KEY(f"is missing; {how}"))
    if kind == "literal_error":
        return at(path, WRONG_FORM(f"write {problem['ctx']['expected']}"))
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return at(path, WRONG_FORM("write a mapping of keys and values"))
    if kind == "list_type":
        return at(path, WRONG_FORM("write a list, one item per line, each after a dash"))
    if kind == "string_type":
        return at(path, WRONG_FORM("write text in quotes"))
    if kind == "value_error":  # of a rule of ours, with its code
        return at(path, Message(problem["msg"].removeprefix("Value error, ")))
    return at(path, WRONG_FORM(problem["msg"]))


def _one_line(key: str) -> str:
    """Return a key as it is, or with its line breaks and the like written out."""
    return key if key.isprintable() else key.encode("unicode_escape").decode("ascii")


def nearest(word: str, known: list[str]) -> str:
    """Return a hint for an unknown word."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    """Return the known keys where an unknown one was found."""
    model: type[BaseModel] = Settings
    for part in loc[:-1]:
        if isinstance(part, str):
            fields = {field.alias or name: field for name, field in model.model_fields.items()}
            if part in fields:
                model = _model_in(fields[part].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (list, dict, types.UnionType, Annotated):
        return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)
    return None
