"""The JSON schema of a stack's file: it is current, and takes and refuses what the program does."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from components.settings.sentences import NAMESPACE
from tests.examples import EXAMPLES, committed
from tests.unit.samples import EXISTING, Raw, aws_raw, kairos_raw, raw
from toolchain.docs.settings_schema import FILE, render

SCHEMA = json.loads(render())
ANNOTATIONS = {"title", "description", "default", "examples", "x-default", "writeOnly", "format", "$schema", "$defs"}
SECURE = {"secure": "v1:AAAA:BBBB"}
KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def errors(schema: Raw, value: Any, path: str = "") -> Iterator[str]:
    """Return what is wrong with a value by the keywords that the schema uses; another keyword fails the test."""
    for word, given in schema.items():
        if word not in ANNOTATIONS:
            yield from RULES[word](schema, given, value, path)


def _type(_schema: Raw, kind: str, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, KINDS[kind]) or (isinstance(value, bool) and kind != "boolean"):
        yield f"{path}: is not of type {kind}"


def _ref(_schema: Raw, place: str, value: Any, path: str) -> Iterator[str]:
    assert place.startswith("#/$defs/")
    yield from errors(SCHEMA["$defs"][place.removeprefix("#/$defs/")], value, path)


def _any_of(_schema: Raw, alternatives: list[Raw], value: Any, path: str) -> Iterator[str]:
    found = [list(errors(one, value, path)) for one in alternatives]
    if all(found):
        yield from min(found, key=len)


def _if(schema: Raw, condition: Raw, value: Any, path: str) -> Iterator[str]:
    if any(errors(condition, value, path)):
        yield from errors(schema["else"], value, path)


def _properties(_schema: Raw, properties: Raw, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key in properties.keys() & value.keys():
            yield from errors(properties[key], value[key], f"{path}.{key}".lstrip("."))


def _patterns(_schema: Raw, patterns: Raw, value: Any, path: str) -> Iterator[str]:
    for pattern, schema in patterns.items():
        for key in filter(re.compile(pattern).search, value if isinstance(value, dict) else ()):
            yield from errors(schema, value[key], f"{path}.{key}".lstrip("."))


def _others(schema: Raw, allowed: Any, value: Any, path: str) -> Iterator[str]:
    assert allowed is False
    patterns = [re.compile(pattern) for pattern in schema.get("patternProperties", ())]
    for key in value if isinstance(value, dict) else ():
        if key not in schema.get("properties", ()) and not any(pattern.search(key) for pattern in patterns):
            yield f"{path}.{key}".lstrip(".") + ": is not known"


def _items(_schema: Raw, items: Raw, value: Any, path: str) -> Iterator[str]:
    for index, item in enumerate(value if isinstance(value, list) else ()):
        yield from errors(items, item, f"{path}[{index}]")


def _required(_schema: Raw, keys: list[str], value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{path}.{key}: is missing" for key in keys if key not in value)


def _pattern(_schema: Raw, pattern: str, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str) and not re.search(pattern, value):
        yield f"{path}: does not match {pattern}"


def _limit(word: str, given: float, value: Any, path: str) -> Iterator[str]:
    number = len(value) if word == "minLength" and isinstance(value, str) else value
    if isinstance(number, int | float) and not isinstance(number, bool):
        below, above = number < given, number > given
        if {"maximum": above, "exclusiveMinimum": not above}.get(word, below):
            yield f"{path}: {word} is {given}"


RULES: dict[str, Any] = {
    "type": _type,
    "$ref": _ref,
    "anyOf": _any_of,
    "if": _if,
    "else": lambda *_: (),  # with `if`
    "properties": _properties,
    "patternProperties": _patterns,
    "additionalProperties": _others,
    "items": _items,
    "required": _required,
    "pattern": _pattern,
    "enum": lambda _schema, given, value, path: () if value in given else (f"{path}: is none of {given}",),
    **{
        word: lambda _schema, given, value, path, word=word: _limit(word, given, value, path)
        for word in ("minimum", "maximum", "exclusiveMinimum", "minLength")
    },
}


def found(config: Raw) -> list[str]:
    """Return what is wrong with settings in the file of a stack."""
    file = {"config": {f"{NAMESPACE}:{key}": value for key, value in config.items()}}
    return [error.removeprefix(f"config.{NAMESPACE}:") for error in errors(SCHEMA, file)]


def changed(config: Raw, path: str, value: Any) -> Raw:
    """Return settings with one value changed or added; a number in the path is an index."""
    new = copy.deepcopy(config)
    *sections, key = (int(part) if part.isdecimal() else part for part in path.split("."))
    place: Any = new
    for section in sections:
        place = place[section] if isinstance(section, int) else place.setdefault(section, {})
    place[key] = value
    return new


def schemas(schema: Any) -> Iterator[Raw]:
    """Return each schema in a schema."""
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from schemas(inner)


def test_it_is_current() -> None:
    assert FILE.read_text() == render(), "the models have changed: run `make docs`"


def test_each_setting_has_a_description_and_each_reference_leads_somewhere() -> None:
    sections = [SCHEMA["properties"]["config"], *SCHEMA["$defs"].values()]
    for name, setting in (one for section in sections for one in section["properties"].items()):
        described = "description" in setting or "$ref" in json.dumps(setting) or name == "secure"
        assert described, f"{name}: write a docstring beside the field"
    for one in schemas(SCHEMA):
        if isinstance(one.get("$ref"), str):
            assert one["$ref"].removeprefix("#/$defs/") in SCHEMA["$defs"]
        if isinstance(one.get("pattern"), str):
            re.compile(one["pattern"])


@pytest.mark.parametrize("stack", EXAMPLES)
def test_the_example_stacks_name_it_and_are_valid(stack: str) -> None:
    text = committed(stack)
    assert text.splitlines()[0] == "# yaml-language-server: $schema=docs/settings.schema.json"
    assert list(errors(SCHEMA, yaml.safe_load(text))) == []


@pytest.mark.parametrize(
    "config",
    [
        raw(),
        aws_raw(parentChain=EXISTING),
        kairos_raw(),
        raw(serviceChain__nodes=4, bridge__liquidity="0.5", identitySeed=SECURE),
        raw(bridge__parentOwnerKey=SECURE, bridge__childOwner={"keystore": "key.json", "password": SECURE}),
        raw(pairs=[{"name": "a", "scn": "scn-1", "packages": {"ken": "ken-v1.0.3.tar.gz"}}]),
        raw(packages={"ken": "ken-v1.0.3.tar.gz"}, parentChain__balances={"0x" + "aB" * 20: 1e3}),
        {**raw(), "parentChain": {"network": "kairos", "referenceRpc": SECURE}},
        raw(parentChain="kairos", serviceChain=3000, pairs="alpha", threshold=1),
        raw(parentChain="private", serviceChain="3000", pairs="alpha, beta,gamma", threshold="2"),  # by Pulumi's CLI
    ],
)
def test_what_the_program_takes_is_valid(config: Raw) -> None:
    assert found(config) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("pears", []),
        ("parentChain", "baobab"),
        ("serviceChain", "main"),
        ("pairs", "alpha; beta"),
        ("threshold", 0),
        ("bridge.treshold", 1),
        ("pairs.0.scm", "scn-1"),
        ("pairs.0.name", "Alpha"),
        ("target", "moon"),
        ("parentChain", {}),
        ("parentChain.chainId", 0),
        ("serviceChain.nodes", 101),
        ("serviceChain.nodes.0", "scn_1"),
        ("bridge.threshold", "1"),
        ("bridge.threshold", SECURE),
        ("bridge.liquidity", 0),
        ("bridge.parentOwnerKey", "12"),
        ("bridge.parentOwnerKey", {"secret": "x"}),
        ("recovery.interval", 86_401),
        ("parentChain.balances", {"0x12": 1}),
        ("packages.ken", {"fil": "x"}),
        ("pairs.0.packages", {"kcn": "x"}),
        ("anchoring.enabled", 1),
    ],
)
def test_what_is_wrong_in_itself_is_refused(path: str, value: Any) -> None:
    assert found(changed(raw(), path, value))


def test_other_namespaces_are_allowed_and_other_keys_are_not() -> None:
    config = {f"{NAMESPACE}:{key}": value for key, value in raw().items()}
    assert not list(errors(SCHEMA, {"config": {**config, "aws:region": "eu-west-1"}, "encryptionsalt": "v1:x"}))
    assert list(errors(SCHEMA, {"config": {**config, "bridge": {}}}))
    assert list(errors(SCHEMA, {"confg": config}))
