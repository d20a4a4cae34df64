"""What makes an SCN part of a pair: its conf, its EN, its operators, and the files that tell the node of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import pulumi

from components.kaia import conf
from components.kaia.layout import Layout, main_bridges
from components.stack.identities import Operators
from components.stack.nodes.existing_node import ExistingNode
from components.stack.nodes.node import File


@dataclass(frozen=True)
class PairHalf:
    """What an SCN needs as part of a pair."""

    conf: conf.SubBridge
    kni: pulumi.Output[str]
    """The KNI of the pair's EN."""
    en: pulumi.Output[Mapping[str, object]]
    """The console of that EN."""
    operators: Operators | None
    """Made for it; None for an existing SCN, which has its own."""
    existing: ExistingNode | None = None
    """The SCN itself, if it exists already."""


def bridge_files(layout: Layout, bridge: PairHalf) -> list[File]:
    """Return the files of an SCN that is made."""
    files = [File("main-bridges.json", layout.main_bridges, bridge.kni.apply(main_bridges), restarts=True)]
    accounts = bridge.operators and (("parent", bridge.operators.parent), ("child", bridge.operators.child))
    for chain, account in accounts or ():
        paths = account.address.apply(partial(layout.operator, chain))
        files += [
            File(
                f"{chain}-keystore",
                paths.apply(lambda p: p.keystore),
                account.keystore,
                "0600",
                restarts=True,
            ),
            # The node takes the content literally, so there is no newline at the end.
            File(
                f"{chain}-password",
                paths.apply(lambda p: p.password),
                account.password,
                "0600",
                restarts=True,
            ),
        ]
    return files
