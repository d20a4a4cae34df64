"""Tokens that the bridge transfers. Rules between values are in settings/rules/tokens.py."""

from typing import Annotated, Literal

from pydantic import Field

from components.settings.values.types import Address, Flag, Name, Section, not_zero

Kind = Literal["erc20", "erc721"]


def artifact_of(kind: str) -> str:
    """Return the JSON file with the creation code of a development token, which `make setup` compiles."""
    return f".build/tokens/{kind}.json"


TokenAddress = Annotated[Address, not_zero("the token's")]


class TokenSettings(Section):
    """One token: a contract on each chain, counterparts of each other."""

    name: Name = Field(examples=["gold"])
    """Name of its resources and outputs: a token with another name is another token."""
    kind: Kind = Field(examples=["erc20"])
    """The standard of its contracts."""
    parent: TokenAddress | None = Field(default=None, examples=["0x…"])
    """Its contract on the parent chain, where the bridge holds the tokens that are on the other side."""
    child: TokenAddress | None = Field(default=None, examples=["0x…"])
    """Its contract on the child chain, where the bridge has to be allowed to mint."""
    development: Flag = False
    """Deploy a small token contract on both chains instead, for development and tests on private chains."""
    minter: TokenAddress | None = Field(default=None, examples=["0x…"])
    """An account that may mint a development token on both chains, besides the bridge: for trying out dapps."""
