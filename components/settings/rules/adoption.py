"""Rules between the values of nodes that exist already."""

import re
from collections.abc import Collection, Iterator, Mapping

from components.domain.problems.problem import Message
from components.domain.problems.settings import MISSING_KEY, NO_VOTER, OTHER_PROGRAM, UNNEEDED_KEY
from components.domain.roles import PROGRAMS, VALIDATOR, daemon_of
from components.settings.model import ServiceChainSettings
from components.settings.rules.packages import own_archives
from components.settings.rules.raw import Raw, existing_nodes, items, section
from components.settings.rules.sections import Sections, given, value_of
from components.settings.sections.parent import ParentChainSettings
from components.settings.sentences import at

_CONF = re.compile(r"/([^/]+/)*conf/(kend|kscnd)\.conf")
"""Where both packages have their conf."""


def problems(raw: Raw, found: Sections) -> Iterator[Message]:
    """Return a message for all values that do not fit together. The model reports what is wrong in itself."""
    if found.target != "existing":
        yield from _joining(found.child, set(), set())
        return
    hosts = {name for name, host in section(section(raw, "existing"), "hosts").items() if isinstance(host, Mapping)}
    nodes = existing_nodes(raw)
    ens = {pair.en for pair in found.pairs if pair}
    for name, host in nodes.items():
        yield from _host(name, host, daemon_of(PROGRAMS["en" if name in ens else "scn"]))
    yield from _parent(found.parent, [name for name in nodes if name in ens])
    if VALIDATOR in nodes:
        yield at(
            f"existing.hosts.{VALIDATOR}",
            UNNEEDED_KEY(
                "the program does not touch the validator of an existing chain; remove it, and name parentChain.genesis"
            ),
        )
    others = ens | {VALIDATOR}
    yield from _joining(found.child, hosts - others, nodes.keys() - others)
    for index, (pair, value) in enumerate(zip(found.pairs, items(raw.get("pairs")), strict=True)):
        if pair:
            yield from _packages(
                f"pairs[{index}].packages", own_archives(value), {"ken": pair.en, "kscn": pair.scn}, nodes
            )


def _host(name: str, host: Raw, daemon: str) -> Iterator[Message]:
    where, node = f"existing.hosts.{name}", host["node"]
    for key in ("root", "service", "diskGib"):
        if key in host:
            yield at(
                f"{where}.{key}",
                UNNEEDED_KEY("a node exists on this machine, so the program needs no place for one; remove this key"),
            )
    conf = node.get("conf")
    if isinstance(conf, str) and node.get("restart") is None:
        place = _CONF.fullmatch(conf)
        if not place:
            yield at(
                f"{where}.node.restart",
                MISSING_KEY(
                    f"is missing; there is no daemon script beside {conf}, so write the command that restarts the node"
                ),
            )
        elif place[2] != daemon:
            yield at(
                f"{where}.node.conf",
                OTHER_PROGRAM(f"{conf} belongs to {place[2]}, but this machine needs {daemon}.conf"),
            )


def _packages(where: str, own: Collection[str], names: Mapping[str, str], nodes: Collection[str]) -> Iterator[Message]:
    for program in own:
        if (name := names[program]) in nodes:
            yield at(
                f"{where}.{program}",
                UNNEEDED_KEY(
                    f"{name} exists already, and runs what is on its machine: upgrade it yourself, and remove this key"
                ),
            )


def _parent(parent: ParentChainSettings | None, ens: list[str]) -> Iterator[Message]:
    if parent and parent.ours and ens:
        yield at(
            "parentChain.genesis",
            MISSING_KEY(f"is missing; {ens[0]} exists, and so does its chain: name its genesis.json"),
        )


def _joining(chain: ServiceChainSettings | None, scns: set[str], found: set[str]) -> Iterator[Message]:
    """Check how new SCNs join an existing ServiceChain: with its genesis, and by the vote of an SCN that is there."""
    if chain is None:
        return
    new = sorted(scns - found)
    if found and new and not chain.genesis:
        yield at(
            "serviceChain.genesis",
            MISSING_KEY(
                f"is missing; {new[0]} is new in an existing chain, so name its genesis.json; or, if the node exists, "
                f"say where it is as existing.hosts.{new[0]}.node"
            ),
        )
    for key in ("genesis", "staticNodes"):
        if value_of(chain, key) and not found:
            yield at(
                f"serviceChain.{key}",
                NO_VOTER(
                    "a new SCN joins an existing chain by the vote of an SCN there, and none is in existing.hosts with "
                    "its node; list one, or remove this key to have the stack create a chain"
                ),
            )
    if given(chain, "networkId") and not chain.genesis:
        yield at(
            "serviceChain.networkId",
            UNNEEDED_KEY("is for new SCNs of an existing chain, which need serviceChain.genesis; remove this key"),
        )
    if given(chain, "forks") and (found or chain.genesis):
        yield at(
            "serviceChain.forks",
            UNNEEDED_KEY("the nodes of an existing chain have them from those who run it; remove this key"),
        )
    if chain.genesis and chain.balances:
        yield at("serviceChain.balances", UNNEEDED_KEY("an existing chain has its own; remove this key"))
