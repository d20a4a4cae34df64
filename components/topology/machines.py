"""Every machine of a stack: its name, role, size and groups."""

from components.domain.roles import MONITOR, VALIDATOR
from components.settings.model import PairSettings, Settings
from components.topology.machine import Group, Machine
from components.topology.sizes import size

NODES, ENS, SCNS, VALIDATORS, MONITORS = map(Group, ("nodes", "ens", "scns", "validators", "monitors"))


def machines(settings: Settings) -> list[Machine]:
    """Return all machines; the monitor comes last, and those of new pairs before it."""
    return [*node_machines(settings), *([_monitor(settings)] if settings.monitored else [])]


def node_machines(settings: Settings) -> list[Machine]:
    """Return the machines with a node; those of new pairs come last."""
    pair_of = {pair.scn: pair for pair in settings.pairs}
    validator = [_validator(settings)] if settings.parent_chain.ours else []
    return [
        *validator,
        *(_scn(settings, name, pair_of.get(name)) for name in settings.service_chain.nodes),
        *(_en(settings, pair) for pair in settings.pairs),
    ]


def en_group(pair: PairSettings) -> Group:
    """Return the group of a pair's EN."""
    return Group(pair.en)


def scn_group(pair: PairSettings) -> Group:
    """Return the group of a pair's SCN. An SCN that leaves the pair can no longer reach its EN."""
    return Group(f"{pair.name}-scn")


def _validator(settings: Settings) -> Machine:
    return Machine(VALIDATOR, "validator", VALIDATOR, size(settings, "validator", VALIDATOR), [NODES, VALIDATORS])


def _scn(settings: Settings, name: str, pair: PairSettings | None) -> Machine:
    own = pair.machines.scn if pair else None
    groups = [NODES, SCNS, *([scn_group(pair)] if pair else [])]
    return Machine(name, "scn", pair.name if pair else name, size(settings, "scn", name, own), groups)


def _en(settings: Settings, pair: PairSettings) -> Machine:
    own = size(settings, "en", pair.en, pair.machines.en)
    return Machine(pair.en, "en", pair.name, own, [NODES, ENS, en_group(pair)])


def _monitor(settings: Settings) -> Machine:
    return Machine(MONITOR, MONITOR, MONITOR, size(settings, MONITOR, MONITOR), [MONITORS])
