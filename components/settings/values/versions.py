"""Versions of the nodes, as settings have them."""

import re
from typing import Annotated

from pydantic import AfterValidator

from components.domain.problems.settings import WRONG_FORM
from components.domain.versions import BUILT
from components.settings.values.types import anchored, json_schema, shown

VERSION = re.compile(r"v[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(-rc\.[0-9]{1,9})?")


def _version(value: str) -> str:
    if not VERSION.fullmatch(value):
        raise ValueError(WRONG_FORM(f"{shown(value)} is not a version; write it like {BUILT}"))
    return value


Version = Annotated[str, AfterValidator(_version), json_schema("string", "version", pattern=anchored(VERSION.pattern))]
"""A release like v1.0.3, or a release candidate like v2.2.2-rc.1."""
