"""Rules between the values of a parent chain. See rules.py; those of public ones are in aws_rules."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.domain.networks import CHAIN_IDS
from components.settings.sentences import at

OF_OUR_OWN = ("unitPrice", "balances")
OF_ONE_THAT_EXISTS = ("genesis", "staticNodes")
OF_ONE_OF_OTHERS = ("syncHours", "referenceRpc")


def problems(raw: Mapping[str, Any]) -> Iterator[str]:
    """Return a sentence for all values that do not go together. What is wrong in itself, the model tells."""
    parent = raw.get("parentChain")
    if isinstance(parent, Mapping):
        yield from _existing(parent, raw.get("target", "local"))
        yield from _chain_data(parent, raw.get("packages"), raw.get("target", "local"))
    child = raw.get("serviceChain")
    if isinstance(child, Mapping):
        yield from _child_id(child, parent if isinstance(parent, Mapping) else {})


def _existing(parent: Mapping[str, Any], target: object) -> Iterator[str]:
    given = [key for key in OF_ONE_THAT_EXISTS if parent.get(key)]
    network = str(parent.get("network", "private"))
    if network in CHAIN_IDS:
        for key in (*given, *(key for key in ("networkId",) if key in parent)):
            yield at(f"parentChain.{key}", f"the nodes know {network} by themselves; leave this key out")
        return
    if not given:
        yield from _own_id("parentChain", parent)
        for key in OF_ONE_OF_OTHERS:
            if key in parent:
                yield at(f"parentChain.{key}", "a chain of our own has nothing to catch up with; leave this key out")
        if "networkId" in parent:
            yield at("parentChain.networkId", "that of a chain of our own is its chain id; leave this key out")
        return
    if "genesis" not in given:
        yield at("parentChain.genesis", "is missing; write the path of the genesis.json of the chain that exists")
    if "staticNodes" not in given:
        yield at("parentChain.staticNodes", "is missing; list the KNI of one of the chain's nodes, or of several")
    for key in OF_OUR_OWN:
        if key in parent:
            yield at(f"parentChain.{key}", "a chain that exists has its own; leave this key out")
    for public, chain_id in CHAIN_IDS.items():
        if parent.get("chainId") == chain_id:
            yield at(
                "parentChain.chainId", f"{chain_id} is {public}; write network: {public}, without genesis and nodes"
            )
    if target == "local":
        yield at(
            "target",
            "hosts on this computer have no way out to a parent chain that exists; write existing or aws, or leave "
            "parentChain.genesis and parentChain.staticNodes out for a chain of our own",
        )


def _child_id(child: Mapping[str, Any], parent: Mapping[str, Any]) -> Iterator[str]:
    """Refuse the id of another chain; of its own parent chain it is said once, even where that is a public network."""
    mine = _chain_id(child)
    if mine is not None and mine == _chain_id(parent):
        yield at("serviceChain.chainId", f"{mine} is the id of the parent chain too; give the ServiceChain its own")
    else:
        yield from _own_id("serviceChain", child)


def _chain_id(chain: Mapping[str, Any]) -> int | None:
    value = chain.get("chainId", CHAIN_IDS.get(str(chain.get("network"))))
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _own_id(section: str, chain: Mapping[str, Any]) -> Iterator[str]:
    """Refuse the id of a public network: what somebody signs for the one could be sent on the other."""
    for public, chain_id in CHAIN_IDS.items():
        if chain.get("chainId") == chain_id:
            yield at(
                f"{section}.chainId",
                f"{chain_id} is the id of {public}, and a transaction that is signed for the one would be valid on the "
                "other; give the chain an id of its own, such as 3000",
            )


def _chain_data(parent: Mapping[str, Any], packages: object, target: object) -> Iterator[str]:
    given = packages.get("chaindata") if isinstance(packages, Mapping) else None
    if given is None:
        return
    if parent.get("network", "private") == "private" and not parent.get("genesis"):
        yield at("packages.chaindata", "a chain of our own begins with its first block; leave this key out")
    if target == "local" and isinstance(given, Mapping) and given.get("url"):
        yield at(
            "packages.chaindata",
            "hosts on this computer have no way out to take an archive from an address; name a file",
        )
