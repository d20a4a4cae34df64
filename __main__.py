"""A highly available bridge between a ServiceChain and its parent chain.

The data flow: settings -> identities -> hosts -> nodes -> their updates -> bridge contracts -> registrations
-> operators -> threshold -> proofs -> tokens -> monitoring -> outputs
"""

from components.stack import en_versions, load, outputs, preflight
from components.stack import hosts as hosting
from components.stack.bridge import funds_gate, updates
from components.stack.bridge.bridge import Bridge
from components.stack.bridge.bridge_pair import bridge_pairs
from components.stack.bridge.chain_side import Chain
from components.stack.bridge.tokens import Tokens
from components.stack.chains.parent_chain import PrivateParentChain, existing
from components.stack.chains.service_chain import ServiceChain
from components.stack.identities import Identities
from components.stack.monitoring.monitoring import monitoring
from components.stack.owners import owners_of
from components.topology.checks.funds import OWNER_BALANCE
from components.topology.checks.versions import refusals
from components.topology.flows import exposure

config = load.load()
preflight.check(config)
identities = Identities(
    config.identity_seed.get_secret_value(), protect=config.protected, refused=refusals(config, load.today())
)
owners = owners_of(config.bridge, identities)
operators = {pair.name: identities.operators(pair.scn) for pair in config.pairs if not config.adopts(pair.scn)}

hosts = hosting.hosts(config, identities)

if not config.parent_chain.ours:
    parent_chain = existing(config.parent_chain)
else:
    parent_chain = PrivateParentChain(
        config.parent_chain,
        config.packages,
        exposure(config),
        hosts,
        identities,
        funded=[
            (owners["parent"].address, OWNER_BALANCE),
            *((pair.parent.address, config.bridge.operator_balance) for pair in operators.values()),
        ],
        before=len(config.pairs) + len(config.service_chain.nodes),
    ).chain
pairs = bridge_pairs(config, parent_chain, hosts, identities, operators)
service_chain = ServiceChain(
    config.service_chain,
    {name: config.archive_of(name).archive for name in config.service_chain.nodes},
    exposure(config),
    hosts,
    identities,
    sub_bridges={pair.scn: pair.sub_bridge for pair in pairs},
    funded=[(owners["child"].address, OWNER_BALANCE)],
    keeps_data=config.upgrade.keep_data,
)

parent = Chain(
    "parent",
    parent_chain.chain_id,
    nodes=[*([parent_chain.validator] if parent_chain.validator else []), *(pair.en for pair in pairs)],
    ready=parent_chain.ready or [pair.ready for pair in pairs],
    lives_with=parent_chain.lives_with,
    owner=owners["parent"],
    max_gas_price=config.bridge.max_gas_price,
)
child = Chain(
    "child",
    service_chain.chain_id,
    nodes=[service_chain.nodes[pair.scn] for pair in pairs],
    ready=list(service_chain.ready.values()),
    lives_with=service_chain.lives_with,
    owner=owners["child"],
    max_gas_price=config.bridge.max_gas_price,
)
parent, child, versions = updates.updated(parent, child, parent_chain, pairs, service_chain)
parent = funds_gate.gated(parent, config.bridge, [pair.operators.parent for pair in pairs], config.tokens)
bridge = Bridge(config.bridge, parent, child, pairs, service_chain, versions, protect=config.protected)
tokens = Tokens(config.tokens, bridge, pairs, service_chain, protect=config.protected) if config.tokens else None
watched = monitoring(config, hosts, parent_chain, pairs, service_chain, bridge, tokens)
en_versions.warn_of_existing(config, [pair.en for pair in pairs], load.today())
outputs.export(config, bridge, pairs, service_chain, hosts, tokens, watched)
