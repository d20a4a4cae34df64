"""What a drill that was killed has left on machines: it is undone before the next one looks at the bridge."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from components.chain.errors import ChainError, HostUnreachable
from components.chain.rpc.ipc_stream import run_on_host
from components.domain.problems.operations.drills import FAULT_NOT_UNDONE
from components.domain.problems.problem import Message
from toolchain.ops.drill import commands
from toolchain.ops.drill.acts import STOP_SECONDS, Run
from toolchain.ops.drill.scene import DrilledNode, Scene

WORDS: Mapping[str, str] = {"hung": "stood still", "disk": "had a full disk", "link": "had a cut link"}
"""What commands.clean prints, in words."""


@dataclass(frozen=True)
class Leftovers:
    """What was found."""

    undone: tuple[str, ...]
    kept: tuple[Message, ...]
    """What could not be undone."""


def clean_up(scene: Scene, run: Run = run_on_host) -> Leftovers:
    """Undo on all machines at once what an earlier drill left.

    Says nothing of machines that do not answer: their nodes are not healthy, and the drill then says that.
    """

    def one(node: DrilledNode) -> list[str] | Message:
        try:
            told = run(node.target.endpoint, commands.clean(node), STOP_SECONDS).split()
        except HostUnreachable:
            return []
        except ChainError as error:
            return FAULT_NOT_UNDONE(f"{node.name}: what an earlier drill left there is not undone ({error})")
        return [f"{node.name} {WORDS[kind]}" for kind in dict.fromkeys(told) if kind in WORDS]

    nodes = list(scene.nodes.values())
    with ThreadPoolExecutor(len(nodes)) as pool:
        found = list(pool.map(one, nodes))
    undone = tuple(words for part in found if isinstance(part, list) for words in part)
    return Leftovers(undone, tuple(part for part in found if isinstance(part, Message)))
