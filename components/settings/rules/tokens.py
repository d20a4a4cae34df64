"""Rules between the values of tokens."""

from collections.abc import Iterator

from components.domain.networks import SIDES, Side
from components.domain.problems.problem import Message
from components.domain.problems.settings import DEVELOPMENT_TOKEN, DUPLICATE, MISSING_KEY, UNNEEDED_KEY
from components.settings.rules.raw import repeated
from components.settings.rules.sections import Sections
from components.settings.sections.parent import ParentChainSettings
from components.settings.sections.tokens import TokenSettings
from components.settings.sentences import at

COINS = "coins"
"""What reports and series call the asset that is no token."""


def problems(found: Sections) -> Iterator[Message]:
    """Return a message for all values that do not fit together. The model reports what is wrong in itself."""
    tokens = [(f"tokens[{index}]", token) for index, token in enumerate(found.tokens) if token]
    for where, token in tokens:
        if token.name == COINS:
            words = f"{COINS!r} stands for the coins of a chain in reports and alerts; give the token another name"
            yield at(f"{where}.name", DUPLICATE(words))
    for name, times in repeated(token.name for _, token in tokens):
        yield at("tokens", DUPLICATE(f"the name {name!r} is used {times} times; give each token a name of its own"))
    for chain in SIDES:
        addresses = (address.lower() for _, token in tokens if (address := _contract(token, chain)))
        for address, times in repeated(addresses):
            yield at(
                "tokens",
                DUPLICATE(
                    f"the address {address} is in {times} tokens of the {chain} chain; a contract has one "
                    "counterpart only"
                ),
            )
    for where, token in tokens:
        yield from _contracts(where, token, found.parent)


def _contract(token: TokenSettings, chain: Side) -> str | None:
    return token.parent if chain == "parent" else token.child


def _contracts(where: str, token: TokenSettings, parent: ParentChainSettings | None) -> Iterator[Message]:
    named = [chain for chain in SIDES if _contract(token, chain)]
    if not token.development:
        if token.minter is not None:
            yield at(
                f"{where}.minter",
                UNNEEDED_KEY(
                    "the program cannot make an account a minter of an existing token; remove this key, or write "
                    "`development: true`"
                ),
            )
        for chain in SIDES:
            if chain not in named:
                yield at(
                    f"{where}.{chain}",
                    MISSING_KEY(
                        f"is missing; write the address of the token on the {chain} chain, or `development: true` to "
                        "deploy one on both private chains"
                    ),
                )
        return
    if named:
        yield at(
            f"{where}.development",
            DEVELOPMENT_TOKEN(
                f"the program deploys a development token, which has no address in the settings; remove "
                f"{' and '.join(named)}, or development"
            ),
        )
    if parent and parent.public:
        yield at(
            f"{where}.development",
            DEVELOPMENT_TOKEN(
                f"the parent chain is {parent.network}, a public network; development tokens are for private chains, "
                "so write the addresses of real ones"
            ),
        )
