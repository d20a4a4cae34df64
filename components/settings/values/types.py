"""Kinds of values in the configuration, each with the rule and the sentence for a value that breaks it."""

import json
import re
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from ipaddress import IPv4Network
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, SecretStr
from pydantic.alias_generators import to_camel

from components.domain.addresses import LOCAL_PREFIX, PRIVATE_RANGES
from components.domain.units import PEB

_NAME = re.compile(r"[a-z]([a-z0-9-]{0,18}[a-z0-9])?")
_HEX_KEY = re.compile(r"(0x)?[0-9a-fA-F]{64}")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_KEY_LIKE = re.compile(r"(0x)?[0-9a-fA-F]{41,}")
"""Longer than an address."""
_LONGEST_SHOWN = 60
_CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_LARGEST_WHOLE = 2**53 - 1
"""Pulumi turns numbers into floats; beyond this they would silently become others."""
_LARGEST_BALANCE = 2**256 - 1
_EXACT = Context(prec=100, traps=[InvalidOperation, Overflow, Inexact])


def hidden(text: str) -> str:
    """Return the text without what could be a key that stands where it does not belong."""
    return _KEY_LIKE.sub("(hidden)", text)


def shown(value: Any) -> str:
    """Return a value for a sentence: as YAML has it, short, and without keys."""
    try:
        text = hidden(repr(value) if isinstance(value, str) else json.dumps(value, default=str))
    except (RecursionError, ValueError):  # a list in a list in a list ...
        text = "this value"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


class Section(BaseModel):
    """A part of the configuration. Keys are camelCase in YAML; unknown keys are refused."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )


def _name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        msg = f"{shown(value)} is no name; write 1 to 20 characters of a-z, 0-9 and -, a letter first and no - last"
        raise ValueError(msg)
    return value


def _whole(value: Any) -> int:
    """Refuse what YAML makes of a slip: true, 1.5, text."""
    if isinstance(value, bool) or not isinstance(value, int):
        quoted = isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value)
        msg = f"{shown(value)} is not a whole number" + ("; write it without quotes" if quoted else "")
        raise ValueError(msg)
    if abs(value) > _LARGEST_WHOLE:
        msg = f"{shown(value)} is out of range; write {_LARGEST_WHOLE} or less"
        raise ValueError(msg)
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        msg = f"{shown(value)} is neither true nor false"
        raise ValueError(msg)
    return value


def _coins(value: Any) -> int:
    try:
        amount = _EXACT.multiply(_EXACT.create_decimal(str(value)), Decimal(PEB))
    except ArithmeticError:
        amount = Decimal(-1)
    whole = amount.is_finite() and 0 <= amount <= _LARGEST_BALANCE and amount == amount.to_integral_value()
    if isinstance(value, bool) or not whole:
        msg = f"{shown(value)} is no amount of coins; write a number such as 1000 or 0.5"
        raise ValueError(msg)
    return int(amount)


def _key(value: Any) -> SecretStr:
    value = value.strip() if isinstance(value, str) else value  # of a file that was stored with the end of its line
    if not isinstance(value, str) or not _HEX_KEY.fullmatch(value):
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


def _path(value: str) -> str:
    """Refuse what is no path, and do not show it: the content of a file may stand here, or a key."""
    if (
        not value.strip()
        or not value.isprintable()
        or value.lstrip().startswith(("{", "-----"))
        or _HEX_KEY.fullmatch(value)
    ):
        msg = "this is no path; write that of the file, from the program's folder, such as keys/owner.json"
        raise ValueError(msg)
    return value


def _address(value: Any) -> str:
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        msg = f"{shown(value)} is no address; write 0x and 40 hex digits, in quotes"
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
    if network is None or network.prefixlen != LOCAL_PREFIX or not any(map(network.subnet_of, PRIVATE_RANGES)):
        msg = f"{shown(value)} is no private /{LOCAL_PREFIX} network; write for example 100.64.8.0/{LOCAL_PREFIX}"
        raise ValueError(msg)
    return str(network)


def _positive(value: int) -> int:
    if value < 1:
        msg = f"{value} is too small; write 1 or more"
        raise ValueError(msg)
    return value


def _not_negative(value: int) -> int:
    if value < 0:
        msg = f"{value} is too small; write 0 or more"
        raise ValueError(msg)
    return value


def at_most(limit: int, what: str) -> AfterValidator:
    """Return the rule that a number is not above what a node can take; `what` stands behind the limit."""

    def checked(value: int) -> int:
        if value > limit:
            msg = f"{value} is too large; write {limit} or less, {what}"
            raise ValueError(msg)
        return value

    return AfterValidator(checked)


def _one_spelling(balances: dict[str, int]) -> dict[str, int]:
    if len({address.lower() for address in balances}) < len(balances):
        msg = "an address is listed twice, in different spellings; list it once"
        raise ValueError(msg)
    return balances


def not_zero(whose: str) -> AfterValidator:
    """Return the rule that an address is not zero; `whose` contract's address belongs there instead."""

    def checked(value: str) -> str:
        if int(value, 16) == 0:
            msg = f"{value} is the zero address, where no contract can be; write {whose}"
            raise ValueError(msg)
        return value

    return AfterValidator(checked)


Name = Annotated[str, BeforeValidator(_name)]
Whole = Annotated[int, BeforeValidator(_whole)]
Positive = Annotated[Whole, AfterValidator(_positive)]
NotNegative = Annotated[Whole, AfterValidator(_not_negative)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Coins = Annotated[int, BeforeValidator(_coins)]
"""An amount written in coins and kept in peb."""
Key = Annotated[SecretStr, BeforeValidator(_key)]
Seed = Annotated[SecretStr, BeforeValidator(_seed)]
FilePath = Annotated[str, AfterValidator(_path)]
"""A file on this computer."""
Address = Annotated[str, BeforeValidator(_address)]
Balances = Annotated[dict[Address, Coins], AfterValidator(_one_spelling)]
Subnet = Annotated[str, BeforeValidator(_subnet)]
