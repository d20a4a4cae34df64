"""Kinds of values in the configuration, each with its rule, its message and its JSON schema.

The title in a JSON schema is what the settings reference says that a setting takes.
"""

import json
import re
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from ipaddress import IPv4Network
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    SecretStr,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from components.domain.addresses import LOCAL_PREFIX, PRIVATE_RANGES
from components.domain.problems.settings import DUPLICATE, LIQUIDITY, OUT_OF_RANGE, WRONG_ADDRESS, WRONG_FORM, WRONG_KEY
from components.domain.units import PEB

NAME = r"[a-z]([a-z0-9-]{0,18}[a-z0-9])?"
"""The form of the name of a pair or machine."""
_HEX_KEY = re.compile(r"(0x)?[0-9a-fA-F]{64}")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_KEY_LIKE = re.compile(r"(0x)?[0-9a-fA-F]{41,}")
"""Longer than an address."""
_LONGEST_SHOWN = 60
_CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_LARGEST_WHOLE = 2**53 - 1
"""Pulumi turns numbers into floats, which cannot hold every whole number above this."""
_LARGEST_BALANCE = 2**256 - 1
_EXACT = Context(prec=100, traps=[InvalidOperation, Overflow, Inexact])


def hidden(text: str) -> str:
    """Return the text without anything that could be a private key in the wrong place."""
    return _KEY_LIKE.sub("(hidden)", text)


def shown(value: Any) -> str:
    """Return a value for a message: as YAML has it, short, and without keys."""
    try:
        text = hidden(repr(value) if isinstance(value, str) else json.dumps(value, default=str))
    except (RecursionError, ValueError):  # a list in a list in a list ...
        text = "this value"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


class Section(BaseModel):
    """A part of the configuration. Keys are camelCase in YAML; unknown keys are refused.

    The docstring of a field is its description in the JSON schema and in the settings reference.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )


def json_schema(kind: str, title: str, **more: Any) -> WithJsonSchema:
    """Return the JSON schema of a kind of values; the title says in words what a setting of it takes."""
    return WithJsonSchema({"type": kind, "title": title, **more})


def secret(title: str, **more: Any) -> WithJsonSchema:
    """Return the JSON schema of a text that is kept secret."""
    return json_schema("string", f"{title}, secret", format="password", writeOnly=True, **more)


def anchored(pattern: str) -> str:
    """Return a pattern for a JSON schema, where patterns match anywhere in a text."""
    return f"^(?:{pattern})$"


@dataclass(frozen=True)
class Form:
    """The rule that a value is a text of one form, for the metadata of a type."""

    what: str
    pattern: str
    example: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "title": self.what, "pattern": anchored(self.pattern), "examples": [self.example]}

    def _checked(self, value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            quoted = f'"{self.example}", in quotes' if self.example.isdigit() else self.example
            raise ValueError(WRONG_FORM(f"{shown(value)} is not a valid {self.what}; write for example {quoted}"))
        return value


@dataclass(frozen=True)
class Range:
    """The rule that a number is within limits, for the metadata of a type. `what` stands behind the upper limit."""

    low: int
    high: int | None = None
    what: str = ""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        found = {**handler(schema), "minimum": self.low}
        if self.high is None:
            return {**found, "title": f"whole number, {self.low} or more"}
        return {**found, "maximum": self.high, "title": f"whole number, {self.low} to {self.high}"}

    def _checked(self, value: int) -> int:
        problem = None
        if self.high is None:
            problem = f"too small; write {self.low} or more" if value < self.low else None
        elif not self.low <= value <= self.high:
            problem = f"out of range; write {self.low} to {self.high} {self.what}".rstrip()
        if problem:
            raise ValueError(OUT_OF_RANGE(f"{value} is {problem}"))
        return value


def _name(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(NAME, value):
        msg = WRONG_FORM(
            f"{shown(value)} is not a name; write 1 to 20 characters of a-z, 0-9 and -, first a letter, last no -"
        )
        raise ValueError(msg)
    return value


def _whole(value: Any) -> int:
    """Refuse what YAML makes of a typing error: true, 1.5, text."""
    if isinstance(value, bool) or not isinstance(value, int):
        quoted = isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value)
        raise ValueError(
            WRONG_FORM(f"{shown(value)} is not a whole number" + ("; write it without quotes" if quoted else ""))
        )
    if abs(value) > _LARGEST_WHOLE:
        raise ValueError(OUT_OF_RANGE(f"{shown(value)} is out of range; write {_LARGEST_WHOLE} or less"))
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(WRONG_FORM(f"{shown(value)} is neither true nor false"))
    return value


def _coins(value: Any) -> int:
    try:
        amount = _EXACT.multiply(_EXACT.create_decimal(str(value)), Decimal(PEB))
    except ArithmeticError:
        amount = Decimal(-1)
    whole = amount.is_finite() and 0 <= amount <= _LARGEST_BALANCE and amount == amount.to_integral_value()
    if isinstance(value, bool) or not whole:
        raise ValueError(WRONG_FORM(f"{shown(value)} is not an amount of coins; write a number such as 1000 or 0.5"))
    return int(amount)


def _some(value: int) -> int:
    if value == 0:
        raise ValueError(
            LIQUIDITY("a bridge contract without coins cannot pay transfers out; write more than 0, such as 1000")
        )
    return value


def _coins_schema(title: str, **limit: int) -> dict[str, Any]:
    number = {"type": "number", **limit}
    return {"anyOf": [number, {"type": "string", "pattern": r"^[0-9]*\.?[0-9]+([eE][+-]?[0-9]+)?$"}], "title": title}


def _key(value: Any) -> SecretStr:
    value = value.strip() if isinstance(value, str) else value  # a stored file may end with a line break
    if not isinstance(value, str) or not _HEX_KEY.fullmatch(value):
        raise ValueError(
            WRONG_KEY("this is not a private key; write 64 hex digits, and store it with `pulumi config set --secret`")
        )
    digits = value.removeprefix("0x").lower()
    if not 0 < int(digits, 16) < _CURVE_ORDER:
        raise ValueError(
            WRONG_KEY("these 64 hex digits are outside the range of secp256k1 private keys; make another key")
        )
    return SecretStr(digits)


def _seed(value: Any) -> SecretStr:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-fA-F]{64}", value.strip()):
        raise ValueError(
            WRONG_KEY("this is not a seed; write 64 random hex digits, for example from `openssl rand -hex 32`")
        )
    return SecretStr(value.strip().lower())


def _path(value: str) -> str:
    """Refuse what is not a path, and do not show it: it may be the content of a file, or a key."""
    if (
        not value.strip()
        or not value.isprintable()
        or value.lstrip().startswith(("{", "-----"))
        or _HEX_KEY.fullmatch(value)
    ):
        raise ValueError(WRONG_FORM("this is not a path; write the path of the file, such as keys/owner.json"))
    return value


def _address(value: Any) -> str:
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise ValueError(WRONG_ADDRESS(f"{shown(value)} is not an address; write 0x and 40 hex digits, in quotes"))
    if value[2:] not in (value[2:].lower(), value[2:].upper()):
        from eth_utils.address import is_checksum_address  # imported only for mixed case: it is slow

        if not is_checksum_address(value):
            raise ValueError(WRONG_ADDRESS(f"{value} has a wrong checksum; copy it again, or write it in lower case"))
    return value


def _subnet(value: Any) -> str:
    try:
        network = IPv4Network(value)
    except ValueError:
        network = None
    if network is None or network.prefixlen != LOCAL_PREFIX or not any(map(network.subnet_of, PRIVATE_RANGES)):
        msg = WRONG_FORM(
            f"{shown(value)} is not a private /{LOCAL_PREFIX} network; write for example 100.64.8.0/{LOCAL_PREFIX}"
        )
        raise ValueError(msg)
    return str(network)


def _one_spelling(balances: dict[str, int]) -> dict[str, int]:
    if len({address.lower() for address in balances}) < len(balances):
        raise ValueError(DUPLICATE("an address is listed twice, in different spellings; list it once"))
    return balances


def not_zero(whose: str) -> AfterValidator:
    """Return the rule that an address is not zero; `whose` contract's address belongs there instead."""

    def checked(value: str) -> str:
        if int(value, 16) == 0:
            raise ValueError(WRONG_ADDRESS(f"{value} is the zero address, where no contract can be; write {whose}"))
        return value

    return AfterValidator(checked)


Name = Annotated[str, BeforeValidator(_name), json_schema("string", "name", pattern=anchored(NAME))]
Whole = Annotated[int, BeforeValidator(_whole), json_schema("integer", "whole number")]
Positive = Annotated[Whole, Range(1)]
NotNegative = Annotated[Whole, Range(0)]
Flag = Annotated[bool, BeforeValidator(_flag), json_schema("boolean", "true or false")]
Coins = Annotated[int, BeforeValidator(_coins), WithJsonSchema(_coins_schema("coins", minimum=0))]
"""An amount written in coins and kept in peb."""
SomeCoins = Annotated[
    Coins, AfterValidator(_some), WithJsonSchema(_coins_schema("coins, more than 0", exclusiveMinimum=0))
]
Key = Annotated[SecretStr, BeforeValidator(_key), secret("private key", pattern=r"^\s*(0x)?[0-9a-fA-F]{64}\s*$")]
Seed = Annotated[SecretStr, BeforeValidator(_seed), secret("64 hex digits", pattern=r"^\s*[0-9a-fA-F]{64}\s*$")]
FilePath = Annotated[str, AfterValidator(_path), json_schema("string", "path of a file", minLength=1)]
"""A file on this computer."""
Address = Annotated[
    str, BeforeValidator(_address), json_schema("string", "address", pattern=anchored(_ADDRESS.pattern))
]
Balances = Annotated[
    dict[Address, Coins],
    AfterValidator(_one_spelling),
    json_schema(
        "object",
        "mapping of address to coins",
        patternProperties={anchored(_ADDRESS.pattern): _coins_schema("coins", minimum=0)},
        additionalProperties=False,
        examples=[{"0x…": 1000}],
    ),
]
Subnet = Annotated[str, BeforeValidator(_subnet), json_schema("string", "IPv4 network", pattern=rf"/{LOCAL_PREFIX}$")]
"""A network for local hosts."""
