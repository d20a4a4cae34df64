"""Rules between the values of tokens. See rules.py."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.domain.networks import CHAIN_IDS, SIDES
from components.settings.rules.raw import repeated
from components.settings.sentences import at


def problems(raw: Mapping[str, Any]) -> Iterator[str]:
    """Return a sentence for all values that do not go together. What is wrong in itself, the model tells."""
    listed = raw.get("tokens")
    found = enumerate(listed) if isinstance(listed, list) else ()
    tokens = [(f"tokens[{index}]", token) for index, token in found if isinstance(token, Mapping)]
    for name, times in repeated(token.get("name") for _, token in tokens):
        yield at("tokens", f"the name {name!r} is used {times} times; give each token a name of its own")
    for chain in SIDES:
        addresses = (str(token[chain]).lower() for _, token in tokens if isinstance(token.get(chain), str))
        for address, times in repeated(addresses):
            yield at(
                "tokens",
                f"the address {address} is in {times} tokens of the {chain} chain; a contract has one counterpart only",
            )
    parent = raw.get("parentChain")
    network = str(parent.get("network")) if isinstance(parent, Mapping) else ""
    for where, token in tokens:
        yield from _contracts(where, token, network)


def _contracts(where: str, token: Mapping[str, Any], network: str) -> Iterator[str]:
    development = token.get("development", False)
    if not isinstance(development, bool):  # told by the model
        return
    named = [chain for chain in SIDES if token.get(chain) is not None]
    if not development:
        if token.get("minter") is not None:
            yield at(
                f"{where}.minter",
                "who mints a token that exists is for its own minters to say; leave this key out, or write "
                "`development: true`",
            )
        for chain in SIDES:
            if chain not in named:
                yield at(
                    f"{where}.{chain}",
                    f"is missing; write the address of the token on the {chain} chain, or `development: true` for one "
                    "of our own on both private chains",
                )
        return
    if named:
        yield at(
            f"{where}.development",
            f"a development token is deployed by this program, and has no address in the settings; "
            f"take {' and '.join(named)} away, or development",
        )
    if network in CHAIN_IDS:
        yield at(
            f"{where}.development",
            f"the parent chain is {network}, a public network; development tokens are for private chains, so write the "
            "addresses of real ones",
        )
