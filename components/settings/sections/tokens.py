"""Tokens that the bridge carries. Rules between values are in tokens_rules.py."""

from typing import Annotated, Literal

from components.settings.values.types import Address, Flag, Name, Section, not_zero

Kind = Literal["erc20", "erc721"]


def artifact_of(kind: str) -> str:
    """Return the JSON file with the creation code of a development token, which `make setup` compiles."""
    return f".build/tokens/{kind}.json"


TokenAddress = Annotated[Address, not_zero("the token's")]


class TokenSettings(Section):
    """One token: a contract on each chain, counterparts of each other."""

    name: Name
    """Resources and outputs go by it: a token of another name is another one."""
    kind: Kind
    parent: TokenAddress | None = None
    """Its contract on the parent chain, where the bridge holds what is on the other side."""
    child: TokenAddress | None = None
    """Its contract on the child chain, where the bridge has to be allowed to mint."""
    development: Flag = False
    """Deploy a small contract of our own on both chains instead, for development and tests on private chains."""
    minter: TokenAddress | None = None
    """An account that may mint a development token on both chains, besides the bridge: for dapps that are tried."""
