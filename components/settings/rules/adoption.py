"""Rules between the values of nodes that exist already. See rules.py."""

import re
from collections.abc import Iterator, Mapping

from components.domain.networks import CHAIN_IDS
from components.settings.rules.raw import Raw, section
from components.settings.sentences import at

_CONF = re.compile(r"/([^/]+/)*conf/(kend|kscnd)\.conf")
"""Where both packages have it."""


def problems(raw: Raw) -> Iterator[str]:
    """Return a sentence for all values that do not go together. What is wrong in itself, the model tells."""
    if raw.get("target") != "existing":
        yield from _joining(raw, set(), set())
        return
    hosts = {
        name: host for name, host in section(section(raw, "existing"), "hosts").items() if isinstance(host, Mapping)
    }
    found = {name: host for name, host in hosts.items() if isinstance(host.get("node"), Mapping)}
    pairs = raw.get("pairs")
    ens = (
        {f"{pair.get('name')}-en" for pair in pairs if isinstance(pair, Mapping)} if isinstance(pairs, list) else set()
    )
    for name, host in found.items():
        yield from _host(name, host, "kend" if name in ens else "kscnd")
    yield from _parent(raw, [name for name in found if name in ens])
    if "parent" in found:
        yield at(
            "existing.hosts.parent",
            "the validator of a chain that exists is not touched; leave it out, and name parentChain.genesis",
        )
    others = ens | {"parent"}
    yield from _joining(raw, hosts.keys() - others, found.keys() - others)


def _host(name: str, host: Raw, daemon: str) -> Iterator[str]:
    where, node = f"existing.hosts.{name}", host["node"]
    for key in ("root", "service", "diskGib"):
        if key in host:
            yield at(f"{where}.{key}", "a node exists on this machine, so nothing is laid there; leave this key out")
    conf = node.get("conf")
    if isinstance(conf, str) and node.get("restart") is None:
        place = _CONF.fullmatch(conf)
        if not place:
            yield at(
                f"{where}.node.restart",
                f"is missing; beside {conf} there is no daemon script, so write the command that restarts the node",
            )
        elif place[2] != daemon:
            yield at(f"{where}.node.conf", f"{conf} is that of {place[2]}, and this machine's is {daemon}.conf")


def _parent(raw: Raw, ens: list[str]) -> Iterator[str]:
    parent = section(raw, "parentChain")
    ours = parent.get("network", "private") not in CHAIN_IDS and parent.get("genesis") is None
    if ours and ens:
        yield at(
            "parentChain.genesis",
            f"is missing; {ens[0]} exists already, so its chain does too: name the genesis.json of it",
        )


def _joining(raw: Raw, scns: set[str], found: set[str]) -> Iterator[str]:
    """Look at how new SCNs join a ServiceChain that exists: by its genesis, and by the vote of one that is there."""
    chain = section(raw, "serviceChain")
    new = sorted(scns - found)
    if found and new and not chain.get("genesis"):
        yield at(
            "serviceChain.genesis",
            f"is missing; {new[0]} is new in a chain that others began, so name the genesis.json of it; or say where "
            f"the node is that exists there as existing.hosts.{new[0]}.node",
        )
    for key in ("genesis", "staticNodes"):
        if chain.get(key) and not found:
            yield at(
                f"serviceChain.{key}",
                "a new SCN joins a chain that exists by the vote of an SCN there, and none is in existing.hosts with "
                "its node; list one, or leave this key out for a chain of our own",
            )
    if "networkId" in chain and not chain.get("genesis"):
        yield at(
            "serviceChain.networkId",
            "is for new SCNs of a chain that exists, which need serviceChain.genesis; leave this key out",
        )
    if chain.get("genesis") and chain.get("balances"):
        yield at("serviceChain.balances", "a chain that exists has its own; leave this key out")
