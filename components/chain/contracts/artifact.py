"""Creation code of contracts, in JSON files as compilers write them."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.chain.errors import ChainError
from components.domain.problems.bridge import ARTIFACT_UNUSABLE
from components.user_input import user_file
from components.user_input.user_file import UnusableFile

MOST_CODE = 2 * 24_576 + 1_000_000
"""Bytes. A contract has 24,576 at most (EIP-170), and its creation code and constructor's arguments some more."""


@dataclass(frozen=True)
class Artifact:
    """Creation code of a contract."""

    bytecode: str
    """In hex, after 0x."""

    @classmethod
    def load(cls, path: Path) -> "Artifact":
        """Read a JSON file with the field `bytecode`, as compilers write it.

        Raises ChainError when the file is missing or holds none.
        """
        name = user_file.shown(path)
        try:
            code = _code(user_file.parsed(path))
        except UnusableFile as error:
            msg = f"{name}: not a contract artifact with creation code in hex as `bytecode` ({error})"
            raise ChainError(ARTIFACT_UNUSABLE(msg)) from error
        if not code:
            msg = f"{name}: the field `bytecode` is empty: this is an interface, not a contract"
            raise ChainError(ARTIFACT_UNUSABLE(msg))
        return cls(f"0x{code}")

    def creation(self, *, mode_mint_burn: bool) -> str:
        """Return the creation transaction's data: constructor(bool modeMintBurn), true on the child chain."""
        return self.bytecode + f"{int(mode_mint_burn):064x}"


def _code(content: Any) -> str:
    """Return the digits of the creation code. Raises UnusableFile."""
    found = content.get("bytecode") if isinstance(content, dict) else None
    found = found.get("object") if isinstance(found, dict) else found
    if not isinstance(found, str):
        msg = "it has no such field"
        raise UnusableFile(msg)
    digits = found.strip().removeprefix("0x")
    if "__" in digits:
        msg = "the code has places for libraries that are not linked: link them first"
        raise UnusableFile(msg)
    if not re.fullmatch(r"([0-9a-fA-F]{2})*", digits):
        msg = "that field is not hex"
        raise UnusableFile(msg)
    if len(digits) > 2 * MOST_CODE:
        msg = "that field is longer than any contract's"
        raise UnusableFile(msg)
    return digits.lower()
