"""The order in which nodes are restarted when their packages or files have changed.

Pair by pair, the EN before its SCN; then the SCNs without a pair; then the validator of a private parent chain. The ENs
come before the validator, so it makes no block that an EN does not know.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import pulumi

from components.domain.quorum import FAULT_TOLERANT
from components.dynamic.nodes.updated_node import UpdatedNode
from components.stack.bridge.bridge_pair import BridgePair
from components.stack.bridge.chain_side import Chain
from components.stack.chains.parent_chain import ParentChain
from components.stack.chains.service_chain import ServiceChain
from components.stack.nodes.existing_node import AnyNode
from components.stack.nodes.kept_node import KeptNode

Extra = Mapping[str, object]
"""Inputs of an UpdatedNode that depend on its part in the bridge."""


def updated(
    parent: Chain, child: Chain, parent_chain: ParentChain, pairs: Sequence[BridgePair], service_chain: ServiceChain
) -> tuple[Chain, Chain, Mapping[str, pulumi.Output[str]]]:
    """Declare the restarts of all nodes that the program makes.

    Returns both chains, to be used after the restarts, and the version that each of these nodes then reports, by name.
    In a preview, the nodes that will be restarted are listed in their order.
    """
    queue = [*_in_pairs(parent, child, pairs, service_chain), *_others(parent_chain, pairs, service_chain)]
    after: list[pulumi.Resource] = [kept.running for kept, _ in queue]
    done: list[UpdatedNode] = []
    for kept, extra in queue:
        opts = pulumi.ResourceOptions(parent=kept.node.resource, depends_on=after)
        began = {"began_with": kept.running.began_with, "turn": kept.running.turn}
        inputs = {**kept.inputs, **kept.node.package_inputs(), **began, **extra}
        done.append(UpdatedNode(kept.node.name, inputs, opts))
        after = [done[-1]]
    if pulumi.runtime.is_dry_run():
        names = [kept.node.name for kept, _ in queue]
        pulumi.Output.all(*(one.due for one in done)).apply(
            lambda due: _announce([name for name, it_is in zip(names, due, strict=True) if it_is], service_chain)
        )
    told = {kept.node.name: one.version for (kept, _), one in zip(queue, done, strict=True)}
    return replace(parent, ready=[*parent.ready, *after]), replace(child, ready=[*child.ready, *after]), told


def order(names: Sequence[str], scns: Collection[str]) -> str:
    """Return a sentence on the nodes that will be restarted, in their order. `scns`: all of the child chain."""
    meanwhile = ""
    if {*names} & {*scns}:
        late = "while an SCN is down, transfers are up to 30 s late"
        none = "an SCN gives its seat up while it is down, so that no block waits for it"
        meanwhile = f"; {none if len(scns) > FAULT_TOLERANT else late}"
    return (
        f"restarts in this order: {', '.join(names)}; one at a time, 10 to 30 s each, and none after one that does "
        f"not come back{meanwhile}"
    )


def _announce(names: Sequence[str], service_chain: ServiceChain) -> None:
    if names:
        pulumi.log.info(order(names, service_chain.nodes))


def _in_pairs(
    parent: Chain, child: Chain, pairs: Sequence[BridgePair], service_chain: ServiceChain
) -> Iterator[tuple[KeptNode, Extra]]:
    for pair in pairs:
        scn = service_chain.nodes[pair.scn]
        made = [one for one in (pair.kept, service_chain.kept.get(pair.scn)) if one]
        for kept in made:
            extra: dict[str, object] = {}
            if kept is pair.kept:
                extra["diallers"] = _diallers([(scn, "subbridge")], pair.kni)
            if kept is made[-1]:
                extra["pair"] = _pair(parent, child, pair, scn, made)
            yield kept, extra


def _pair(
    parent: Chain, child: Chain, pair: BridgePair, scn: AnyNode, made: Sequence[KeptNode]
) -> pulumi.Output[Mapping[str, object]]:
    """Return what a pair proves itself with; a secret."""
    known: pulumi.Output[Mapping[str, object]] = pulumi.Output.all(
        name=pair.name,
        en=pair.en.endpoint,
        scn=scn.endpoint,
        parent_chain_id=parent.chain_id,
        child_chain_id=child.chain_id,
        parent=parent.signer,
        child=child.signer,
        runs=pulumi.Output.all(*(one.node.runs for one in made)),
    )
    return pulumi.Output.secret(known)


def _others(
    parent_chain: ParentChain, pairs: Sequence[BridgePair], service_chain: ServiceChain
) -> Iterator[tuple[KeptNode, Extra]]:
    paired = {pair.scn for pair in pairs}
    yield from ((kept, {}) for name, kept in service_chain.kept.items() if name not in paired)
    if parent_chain.kept:
        knis = parent_chain.static_nodes
        assert knis is not None  # noqa: S101 - the ENs of a private parent chain dial its validator
        ens = [(pair.en, "admin") for pair in pairs]
        yield parent_chain.kept, {"diallers": _diallers(ens, knis.apply(lambda known: known[0]))}


def _diallers(nodes: Sequence[tuple[AnyNode, str]], kni: pulumi.Output[str]) -> pulumi.Output[Sequence[object]]:
    """Return the nodes that dial the one with this KNI, each with its API for that; a secret."""
    dials: pulumi.Output[Sequence[object]] = pulumi.Output.all(
        *(pulumi.Output.all(endpoint=node.endpoint, network=network, kni=kni) for node, network in nodes)
    )
    return pulumi.Output.secret(dials)
