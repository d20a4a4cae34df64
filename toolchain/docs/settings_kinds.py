"""Kinds of values of the configuration, in words: what a setting takes, by the names that the models give it."""

import importlib
import pkgutil
import re
import types
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr

from components import settings
from toolchain.docs.settings_examples import WORDS


@cache
def _named() -> tuple[tuple[str, Any], ...]:
    """Return the named kinds of values that the settings know, those with more rules first."""
    found = {}
    for module in pkgutil.walk_packages(settings.__path__, f"{settings.__name__}."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if get_origin(value) is Annotated:
                found[value.__origin__, value.__metadata__] = (name, value)
    return tuple(sorted(found.values(), key=lambda one: (-len(one[1].__metadata__), one[0])))


def name_of(hint: Any) -> str | None:
    """Return the name of the kind of values that this is, perhaps with further rules."""
    if get_origin(hint) is not Annotated:
        return None
    for name, known in _named():
        rules = known.__metadata__
        if known.__origin__ == hint.__origin__ and hint.__metadata__[: len(rules)] == rules:
            return name
    return None


def names_in(hint: Any) -> Iterator[str]:
    """Return the names of all kinds of values that a setting takes."""
    if name := name_of(hint):
        yield name
    if get_origin(hint) in (Union, types.UnionType):
        yield from (name for one in get_args(hint) for name in names_in(one))


def in_words(hint: Any) -> str:
    """Return what a setting takes."""
    if name := name_of(hint):
        return WORDS.get(name) or re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return in_words(arguments[0])
    if origin in (Union, types.UnionType):
        return " or ".join(in_words(one) for one in arguments if one is not type(None))
    if origin is Literal:
        return " or ".join(f"`{one}`" for one in arguments)
    if origin is list:
        return f"list, each: {in_words(arguments[0])}"
    if origin is dict:
        return f"mapping of {in_words(arguments[0])} to {in_words(arguments[1])}"
    if model_in(hint):
        return "section, below"
    return {str: "text", int: "whole number", bool: "true or false", SecretStr: "text, secret"}.get(hint, "value")


def alternatives(annotation: Any) -> tuple[Any, ...]:
    """Return what an annotation may be one of."""
    if get_origin(annotation) is Annotated:
        return alternatives(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(inner for one in get_args(annotation) for inner in alternatives(one))
    return (annotation,)


def model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model of a section, or of each item where there are many of them."""
    for one in alternatives(annotation):
        if isinstance(one, type) and issubclass(one, BaseModel):
            return one
        if get_origin(one) in (list, dict) and (found := model_in(get_args(one)[-1])):
            return found
    return None
