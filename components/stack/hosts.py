"""The hosts of a stack: the only module that knows all targets."""

from collections.abc import Mapping, Sequence

import pulumi

from components.domain.quorum import quorum
from components.domain.roles import VALIDATOR
from components.hosts.existing import ExistingHosts
from components.hosts.host import Hosts
from components.hosts.local import LocalHosts
from components.settings.model import Settings
from components.settings.sections.aws import Aws
from components.stack.identities import Identities
from components.topology.checks.host_requirements import needs
from components.topology.data_holders import Holding
from components.topology.flows import flows, way_out
from components.topology.machines import machines


def hosts(settings: Settings, identities: Identities) -> Hosts:
    """Return the machines of a stack, on its target.

    Below a public network none is made before the accounts of all new ENs: they are where an EN with a version that
    cannot follow the network is refused. Local hosts have no way to such a network.
    """
    if settings.target == "aws" and settings.aws:
        return _aws(settings, settings.aws, identities)
    if settings.target == "existing" and settings.existing:
        return ExistingHosts(
            settings.existing,
            needs(settings, settings.existing, identities.network_id),
            protect=settings.protected,
            seed_for=identities.seed_for,
            roles={machine.name: machine.role for machine in machines(settings)},
            holdings=holdings(settings),
            after=_accounts_of_ens(settings, identities),
        )
    return LocalHosts(
        "local",
        network=identities.network_id,
        names=[machine.name for machine in machines(settings)],
        seed_for=identities.seed_for,
        subnet=settings.local.subnet,
        holdings=holdings(settings),
    )


def _accounts_of_ens(settings: Settings, identities: Identities) -> Sequence[pulumi.Resource]:
    if not settings.parent_chain.public:
        return ()
    return [identities.node(pair.en) for pair in settings.pairs if not settings.adopts(pair.en)]


def holdings(settings: Settings) -> Mapping[str, Holding]:
    """Return, for each validator, which machines hold its chain and how many have to remain; keyed by machine."""
    scns = tuple(settings.service_chain.nodes)
    chains = [scns, (VALIDATOR,)] if settings.parent_chain.ours else [scns]
    return {name: Holding(nodes=names, quorum=quorum(len(names))) for names in chains for name in names}


def _aws(settings: Settings, aws: Aws, identities: Identities) -> Hosts:
    from components.hosts.aws.hosts import AwsHosts  # pulumi_aws costs every preview of a local stack 0.3 s

    wanted, open_ways = machines(settings), flows(settings, aws)
    return AwsHosts(
        aws,
        wanted,
        open_ways,
        way_out=way_out(wanted, open_ways),
        protect=settings.protected,
        seed_for=identities.seed_for,
        holdings=holdings(settings),
        after=_accounts_of_ens(settings, identities),
    )
