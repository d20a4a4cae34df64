"""Which hosts a stack runs on: the one place that knows all targets."""

from collections.abc import Sequence

from components.hosts.host import Hosts
from components.hosts.local import LocalHosts
from components.identities import Identities
from components.settings_model import Settings


def hosts(settings: Settings, identities: Identities, names: Sequence[str]) -> Hosts:
    """Return where the machines of these names come from."""
    return LocalHosts(
        "local",
        network=identities.network_id,
        names=names,
        seed_for=identities.seed_for,
        subnet=settings.local.subnet,
    )
