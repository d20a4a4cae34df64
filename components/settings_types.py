"""Kinds of values in the configuration, each with the rule and the sentence for a value that breaks it."""

import re
from decimal import Decimal, InvalidOperation
from ipaddress import IPv4Network
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr
from pydantic.alias_generators import to_camel

PEB = 10**18
"""1 coin (KLAY, KAIA) in peb."""

_NAME = re.compile(r"^[a-z][a-z0-9-]{0,18}[a-z0-9]$|^[a-z]$")
_HEX_KEY = re.compile(r"^(0x)?[0-9a-fA-F]{64}$")
_ADDRESS = re.compile(r"^0x[0-9a-fA-F]{40}$")
_CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_LOCAL_PREFIX = 22


class Section(BaseModel):
    """A part of the configuration. Keys are camelCase in YAML; unknown keys are refused."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )


def _name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.match(value):
        msg = f"{value!r} is no name; write 1 to 20 characters of a-z, 0-9 and -, starting with a letter"
        raise ValueError(msg)
    return value


def _whole(value: Any) -> int:
    """Refuse what YAML makes of a slip: true, 1.5, text."""
    if isinstance(value, bool) or not isinstance(value, int | str) or not re.fullmatch(r"-?\d+", str(value)):
        msg = f"{value!r} is not a whole number"
        raise ValueError(msg)
    return int(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        msg = f"{value!r} is neither true nor false"
        raise ValueError(msg)
    return value


def _coins(value: Any) -> int:
    try:
        amount = Decimal(str(value)) * PEB
    except InvalidOperation:
        amount = Decimal(-1)
    if isinstance(value, bool) or not amount.is_finite() or amount < 0 or amount != amount.to_integral_value():
        msg = f"{value!r} is no amount of coins; write a number such as 1000 or 0.5"
        raise ValueError(msg)
    return int(amount)


def _key(value: Any) -> SecretStr:
    if not isinstance(value, str) or not _HEX_KEY.match(value):
        msg = "this is no private key; write 64 hex digits, and store it with `pulumi config set --secret`"
        raise ValueError(msg)
    digits = value.removeprefix("0x").lower()
    if not 0 < int(digits, 16) < _CURVE_ORDER:
        msg = "these 64 hex digits are outside the range of secp256k1 private keys; make another key"
        raise ValueError(msg)
    return SecretStr(digits)


def _seed(value: Any) -> SecretStr:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-fA-F]{64}", value.strip()):
        msg = "this is no seed; write 64 random hex digits, for example of `openssl rand -hex 32`"
        raise ValueError(msg)
    return SecretStr(value.strip().lower())


def _address(value: Any) -> str:
    if not isinstance(value, str) or not _ADDRESS.match(value):
        msg = f"{value!r} is no address; write 0x and 40 hex digits, in quotes"
        raise ValueError(msg)
    if value[2:] not in (value[2:].lower(), value[2:].upper()):
        from eth_utils.address import is_checksum_address  # imported only for mixed case: it is slow

        if not is_checksum_address(value):
            msg = f"{value} has a wrong checksum; copy it again, or write it in lower case"
            raise ValueError(msg)
    return value


def _subnet(value: Any) -> str:
    try:
        network = IPv4Network(value)
    except ValueError:
        network = None
    if network is None or network.prefixlen != _LOCAL_PREFIX:
        msg = f"{value!r} is no /{_LOCAL_PREFIX} network; write for example 100.64.8.0/{_LOCAL_PREFIX}"
        raise ValueError(msg)
    return str(network)


Name = Annotated[str, BeforeValidator(_name)]
Whole = Annotated[int, BeforeValidator(_whole)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Coins = Annotated[int, BeforeValidator(_coins)]
"""An amount written in coins and kept in peb."""
Key = Annotated[SecretStr, BeforeValidator(_key)]
Seed = Annotated[SecretStr, BeforeValidator(_seed)]
Address = Annotated[str, BeforeValidator(_address)]
Subnet = Annotated[str, BeforeValidator(_subnet)]
