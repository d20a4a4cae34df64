"""Write docs/settings.schema.json from the settings models: python -m toolchain.docs.settings_schema [FILE].

It describes a whole Pulumi.<stack>.yaml, so that editors complete and check one whose first line names it. Descriptions
are the docstrings of the fields; a title says in words what a setting takes.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from components.domain.networks import Network
from components.settings.model import Settings
from components.settings.sentences import NAMESPACE
from components.settings.short_forms import THRESHOLD
from components.settings.values.types import NAME, anchored

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs/settings.schema.json"

Schema = dict[str, Any]

SEED, SEED_FILE, SEED_FROM = "identitySeed", "identitySeedFile", "identitySeedFrom"
SEED_FILE_SCHEMA: Schema = {
    "type": "string",
    "title": "path of a file",
    "description": "Instead of identitySeed: a file with it, which `make up` creates for a local stack.",
    "examples": [".state/dev/identity-seed"],
}
SEED_FROM_SCHEMA: Schema = {
    "type": "string",
    "title": "ARN of a secret, or path of a file",
    "description": "Instead of identitySeed: the secret of AWS Secrets Manager, or the file, that holds it "
    "([Teams](team.md#the-identity-seed)).",
    "examples": ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:bridge-seed-AbCdEf"],
}
_NUMBER: list[Schema] = [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^[1-9][0-9]*$"}]
"""As a user writes it, or the CLI of Pulumi."""
THRESHOLD_SCHEMA: Schema = {
    "anyOf": _NUMBER,
    "title": "whole number",
    "description": "Instead of bridge.threshold ([In short](configuration.md#in-short)).",
    "examples": [1],
}
"""These three settings are read before the model, and so are not in it."""
IN_SHORT: Schema = {
    "parentChain": {"enum": list(get_args(Network)), "description": "Its network, in short."},
    "serviceChain": {"anyOf": _NUMBER, "description": "Its chain id, in short."},
    "pairs": {
        "type": "string",
        "pattern": anchored(rf"\s*{NAME}(\s*,\s*{NAME})*\s*"),
        "description": "Their names, in short.",
    },
}
"""What may stand in the place of a section in the file of a stack."""

_SECURE: Schema = {
    "type": "object",
    "description": "A value that `pulumi config set --secret` has encrypted.",
    "properties": {"secure": {"type": "string"}},
    "required": ["secure"],
    "additionalProperties": False,
}
_BY_PULUMI = ("encryptionsalt", "encryptedkey", "secretsprovider", "environment")
"""Keys beside `config` that Pulumi writes."""


class _Generator(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - its signature
        """Leave out titles that only repeat a name."""
        return False

    def encode_default(self, dft: Any) -> Any:
        """Return a section that is a default as it would be written: without its own defaults."""
        if isinstance(dft, BaseModel):
            return dft.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return super().encode_default(dft)


def of_settings() -> Schema:
    """Return the JSON schema of the settings, as their keys are below the namespace."""
    found = Settings.model_json_schema(schema_generator=_Generator)
    found["properties"] |= {SEED_FILE: SEED_FILE_SCHEMA, SEED_FROM: SEED_FROM_SCHEMA, THRESHOLD: THRESHOLD_SCHEMA}
    tidied: Schema = _each(found, _tidy)
    return tidied


def of_file() -> Schema:
    """Return the JSON schema of a Pulumi.<stack>.yaml."""
    settings = _each(of_settings(), _secured)
    for name, short in IN_SHORT.items():
        settings["properties"][name] = {"anyOf": [settings["properties"][name], short]}
    config = {
        "type": "object",
        "properties": {f"{NAMESPACE}:{name}": found for name, found in settings["properties"].items()},
        "patternProperties": {f"^(?!{NAMESPACE}:)[^:]+:.+$": {}},
        "required": [f"{NAMESPACE}:{name}" for name in settings["required"] if name != SEED],
        "additionalProperties": False,
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Pulumi.<stack>.yaml",
        "description": settings["description"],
        "type": "object",
        "properties": {"config": config, **{name: {} for name in _BY_PULUMI}},
        "additionalProperties": False,
        "$defs": {**settings["$defs"], "Secure": _SECURE},
    }


def render() -> str:
    """Return the file."""
    return json.dumps(of_file(), indent=2, ensure_ascii=False) + "\n"


def _each(schema: Any, change: Callable[[Schema], Schema]) -> Any:
    """Return a schema with each schema in it changed, the inner ones first."""
    if isinstance(schema, list):
        return [_each(one, change) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {}
    for key, value in schema.items():
        if key in ("properties", "patternProperties", "$defs"):
            inner[key] = {name: _each(one, change) for name, one in value.items()}
        elif key in ("anyOf", "items", "additionalProperties"):
            inner[key] = _each(value, change)
        else:
            inner[key] = value
    return change(inner)


def _tidy(schema: Schema) -> Schema:
    """Take away what no reader needs, and refuse keys of a mapping that have another form."""
    found = dict(schema)
    if "properties" in found:
        found.pop("title", None)  # the name of a class
    if "description" in found:
        found["description"] = " ".join(found["description"].split())
    if "default" in found and found["default"] is None:
        del found["default"]
    if "patternProperties" in found:
        found["additionalProperties"] = False
        found.pop("propertyNames", None)  # only an example is left in it
    return found


def _secured(schema: Schema) -> Schema:
    """Let the encrypted form stand wherever a secret may."""
    if schema.get("format") != "password":
        return schema
    about: Schema = {key: value for key, value in schema.items() if key in ("title", "description", "examples")}
    rules = {key: value for key, value in schema.items() if key not in about}
    return {**about, "anyOf": [rules, {"$ref": "#/$defs/Secure"}]}


def main(arguments: list[str]) -> None:
    """Write the file."""
    file = Path(arguments[0]) if arguments else FILE
    file.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
