"""Rules between the values of nodes that exist already. See settings_rules.py."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from components.settings_parent import PUBLIC_CHAINS
from components.settings_sentences import at

_CONF = re.compile(r"/([^/]+/)*conf/(kend|kscnd)\.conf")
"""Where both packages have it."""

Raw = Mapping[str, Any]


def problems(raw: Raw) -> Iterator[str]:
    """Return a sentence for all values that do not go together. What is wrong in itself, the model tells."""
    if raw.get("target") != "existing":
        return
    hosts = {
        name: host for name, host in _section(_section(raw, "existing"), "hosts").items() if isinstance(host, Mapping)
    }
    found = {name: host for name, host in hosts.items() if isinstance(host.get("node"), Mapping)}
    pairs = raw.get("pairs")
    ens = (
        {f"{pair.get('name')}-en" for pair in pairs if isinstance(pair, Mapping)} if isinstance(pairs, list) else set()
    )
    for name, host in found.items():
        yield from _host(name, host, "kend" if name in ens else "kscnd")
    yield from _parent(raw, [name for name in found if name in ens])
    yield from _scns(hosts.keys() - ens, found.keys() - ens)


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
    parent = _section(raw, "parentChain")
    ours = parent.get("network", "private") not in PUBLIC_CHAINS and parent.get("genesis") is None
    if ours and ens:
        yield at(
            "parentChain.genesis",
            f"is missing; {ens[0]} exists already, so its chain does too: name the genesis.json of it",
        )


def _scns(scns: set[str], found: set[str]) -> Iterator[str]:
    if "parent" in found:
        yield at(
            "existing.hosts.parent",
            "the validator of a chain that exists is not touched; leave it out, and name parentChain.genesis",
        )
    missing = sorted(scns - found - {"parent"})
    if missing and found - {"parent"}:
        yield at(
            f"existing.hosts.{missing[0]}.node",
            "is missing; other SCNs exist already, and a new one cannot join a chain that others began; give its data "
            "and conf, or take it out of serviceChain.nodes",
        )


def _section(raw: Raw, name: str) -> Raw:
    section = raw.get(name)
    return section if isinstance(section, Mapping) else {}
