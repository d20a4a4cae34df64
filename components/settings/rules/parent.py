"""Rules between the values of the two chains, a public parent chain included."""

from collections.abc import Iterator

from components.domain.networks import CHAIN_IDS
from components.domain.problems.problem import Message
from components.domain.problems.settings import (
    FILE_NEEDED,
    MISSING_KEY,
    TAKEN_CHAIN_ID,
    TARGET_OUT_OF_REACH,
    UNNEEDED_KEY,
)
from components.settings.model import ServiceChainSettings
from components.settings.rules.raw import Raw, section
from components.settings.rules.sections import Sections, given
from components.settings.sections.parent import ParentChainSettings
from components.settings.sentences import at

OF_OURS = ("unitPrice", "balances", "forks")
"""Keys of a private chain that the stack runs."""
OF_OTHERS = ("syncHours", "referenceRpc")
"""Keys of a chain that others run."""


def problems(raw: Raw, found: Sections) -> Iterator[Message]:
    """Return a message for all values that do not fit together. The model reports what is wrong in itself."""
    if found.parent:
        if found.parent.public:
            yield from _public(found.parent, found.target)
        elif found.parent.joined or found.parent.static_nodes:
            yield from _joined(found.parent, found.target)
        else:
            yield from _ours(found.parent)
        yield from _chain_data(found.parent, section(raw, "packages").get("chaindata"), found.target)
    if found.child:
        yield from _child_id(found.child, found.parent)


def _public(parent: ParentChainSettings, target: str) -> Iterator[Message]:
    network = parent.network
    for key in ("genesis", "staticNodes"):
        if parent.genesis if key == "genesis" else parent.static_nodes:
            yield at(f"parentChain.{key}", UNNEEDED_KEY(f"the nodes know {network} already; remove this key"))
    if given(parent, "networkId"):
        yield at("parentChain.networkId", UNNEEDED_KEY(f"the nodes know {network} already; remove this key"))
    if parent.chain_id != CHAIN_IDS[network]:
        yield at(
            "parentChain.chainId", UNNEEDED_KEY(f"{network} has the chain id {CHAIN_IDS[network]}; remove this key")
        )
    for key in OF_OURS:
        if given(parent, key):
            yield at(
                f"parentChain.{key}", UNNEEDED_KEY(f"{network} is a public chain, which has its own; remove this key")
            )
    if target == "local":
        yield at(
            "target",
            TARGET_OUT_OF_REACH(f"hosts on this computer cannot reach {network}; write aws, or network: private"),
        )


def _joined(parent: ParentChainSettings, target: str) -> Iterator[Message]:
    if not parent.genesis:
        yield at(
            "parentChain.genesis", MISSING_KEY("is missing; write the path of the genesis.json of the existing chain")
        )
    if not parent.static_nodes:
        yield at(
            "parentChain.staticNodes",
            MISSING_KEY("is missing; list the KNI of one of the chain's nodes, or of several"),
        )
    for key in OF_OURS:
        if given(parent, key):
            yield at(f"parentChain.{key}", UNNEEDED_KEY("an existing chain has its own; remove this key"))
    for public, chain_id in CHAIN_IDS.items():
        if parent.chain_id == chain_id:
            yield at(
                "parentChain.chainId",
                TAKEN_CHAIN_ID(f"{chain_id} is {public}; write network: {public}, without genesis and nodes"),
            )
    if target == "local":
        yield at(
            "target",
            TARGET_OUT_OF_REACH(
                "hosts on this computer cannot reach an existing parent chain; write existing or aws, or remove "
                "parentChain.genesis and parentChain.staticNodes to have the stack run a chain"
            ),
        )


def _ours(parent: ParentChainSettings) -> Iterator[Message]:
    yield from _own_id("parentChain", parent.chain_id)
    for key in OF_OTHERS:
        if given(parent, key):
            yield at(
                f"parentChain.{key}",
                UNNEEDED_KEY("the stack runs this chain, so there is nothing to catch up with; remove it"),
            )
    if given(parent, "networkId"):
        yield at(
            "parentChain.networkId",
            UNNEEDED_KEY("the stack runs this chain, and its network id is its chain id; remove it"),
        )


def _child_id(child: ServiceChainSettings, parent: ParentChainSettings | None) -> Iterator[Message]:
    """Refuse the id of another chain. That of its own parent chain is reported once, even if that is public."""
    if parent and child.chain_id == parent.chain_id:
        yield at(
            "serviceChain.chainId",
            TAKEN_CHAIN_ID(f"{child.chain_id} is the id of the parent chain; give the ServiceChain another one"),
        )
    else:
        yield from _own_id("serviceChain", child.chain_id)


def _own_id(where: str, mine: int) -> Iterator[Message]:
    """Refuse the id of a public network: a transaction that is signed for one could be sent on the other."""
    for public, chain_id in CHAIN_IDS.items():
        if mine == chain_id:
            yield at(
                f"{where}.chainId",
                TAKEN_CHAIN_ID(
                    f"{chain_id} is the id of {public}, and a transaction signed for one would be valid on the other; "
                    "give the chain an id of its own, such as 3000"
                ),
            )


def _chain_data(parent: ParentChainSettings, data: object, target: str) -> Iterator[Message]:
    if data is None:
        return
    if parent.ours:
        yield at("packages.chaindata", UNNEEDED_KEY("the stack runs this chain from its first block; remove this key"))
    if target == "local" and isinstance(data, dict) and data.get("url"):
        yield at("packages.chaindata", FILE_NEEDED("hosts on this computer cannot download an archive; name a file"))
