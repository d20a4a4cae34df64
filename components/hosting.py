"""Which hosts a stack runs on: the one place that knows all targets."""

from collections.abc import Sequence

import pulumi

from components.hosts.host import Hosts
from components.identities import Identities
from components.settings_model import Settings


def hosts(settings: Settings, identities: Identities, names: Sequence[str]) -> Hosts:
    """Return where the machines of these names come from.

    Raises pulumi.RunError when this machine cannot do its part; a preview only warns of that.
    """
    from components.hosts.local import LocalHosts
    from components.hosts.local_preflight import missing as missing_here

    missing = missing_here()
    if missing and not pulumi.runtime.is_dry_run():
        raise pulumi.RunError("\n".join(missing))
    for sentence in missing:
        pulumi.log.warn(sentence)
    return LocalHosts(
        "local",
        network=identities.network_id,
        names=names,
        seed_for=identities.seed_for,
        subnet=settings.local.subnet,
    )
