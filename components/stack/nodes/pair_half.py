"""What makes an SCN one half of a pair: its conf, its EN, its operators, and the files in which the node finds them."""

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
    """What makes an SCN one half of a pair."""

    conf: conf.SubBridge
    kni: pulumi.Output[str]
    """Of the pair's EN."""
    en: pulumi.Output[Mapping[str, object]]
    """The console of that EN."""
    operators: Operators | None
    """Made for it; None for one that exists already and has its own."""
    existing: ExistingNode | None = None
    """The SCN itself, where it exists already."""


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
            # Taken verbatim, so without a newline at its end.
            File(
                f"{chain}-password",
                paths.apply(lambda p: p.password),
                account.password,
                "0600",
                restarts=True,
            ),
        ]
    return files
