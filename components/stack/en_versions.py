"""What the ENs of a public network know of its forks: for the outputs, and for ENs that existed before the stack."""

from collections.abc import Mapping, Sequence
from datetime import date

import pulumi

from components.domain.forks import Fork, missing, newest_known
from components.domain.versions import version_in
from components.settings.model import Settings
from components.stack.nodes.existing_node import AnyNode, ExistingNode
from components.topology.checks.versions import added, stops


def forks(settings: Settings, ens: Sequence[AnyNode]) -> pulumi.Output[Mapping[str, object]]:
    """Return the newest known and the missing forks by network and version. Contains nothing that depends on the day.

    The version of an existing EN is the one that it answers; it is left out if it cannot be read.
    """
    network, more = settings.parent_chain.network, added(settings)

    def shown(told: Sequence[str]) -> Mapping[str, object]:
        versions = sorted({version for text in told if (version := version_in(str(text)))})
        return {
            network: {
                version: {
                    "newest": _shown(newest_known(network, version, more)),
                    "lacks": [_shown(fork) for fork in missing(network, version, more)],
                }
                for version in versions
            }
        }

    return pulumi.Output.all(*(en.version for en in ens)).apply(shown)


def warn_of_existing(settings: Settings, ens: Sequence[AnyNode], today: date) -> None:
    """Log a warning for every existing EN whose version, as it answers it, stops at a fork of its public network."""
    if not settings.parent_chain.public:
        return
    existing = [en for en in ens if isinstance(en, ExistingNode)]

    def warn(told: Sequence[str]) -> None:
        versions = {
            en.name: version for en, text in zip(existing, told, strict=True) if (version := version_in(str(text)))
        }
        for message in stops(settings, versions, today):
            pulumi.log.warn(message)

    pulumi.Output.all(*(en.version for en in existing)).apply(warn)


def _shown(fork: Fork | None) -> Mapping[str, object] | None:
    return {"name": fork.name, "block": fork.block, "since": fork.since} if fork else None
