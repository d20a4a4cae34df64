"""Make faults on a running stack, one at a time, and check that transfers continue and that each fault is overcome.

usage: pulumi stack export --show-secrets | python -m toolchain.ops.drill STACK [--fault KIND]... [--pair NAME]...
       [--node NAME]... [--group NAMES] [--hold SECONDS] [--json FILE] [--minutes MINUTES [--seed NUMBER]]

With --minutes it is a soak: random faults under steady traffic until the time is over. Exit status: 0 all as it should
be, 1 something did not arrive, did not recover or was not noticed, 2 refused. The keys in the export stay in memory.
"""

import json
import os
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from components.chain.errors import ChainError
from components.domain.problems.operations.drills import NO_DRILL_HERE, NOT_CONFIRMED
from components.domain.problems.operations.state import CALLED_WRONGLY
from toolchain.ops.drill.drill import Drill
from toolchain.ops.drill.ending import Ended, lossy_output
from toolchain.ops.drill.options import Options, options
from toolchain.ops.drill.report import DrillReport
from toolchain.ops.drill.scene import Refused, Scene
from toolchain.ops.drill.text import last_lines
from toolchain.ops.status import look

PASSED, FAILED, REFUSED = 0, 1, 2


def say(text: str) -> None:
    """Print a line now."""
    print(text, flush=True)


def asked_on_terminal(question: str) -> str:
    """Return what somebody types; "" without a terminal. Standard input is the export."""
    try:
        with Path("/dev/tty").open("r+", encoding="utf-8", buffering=1) as terminal:
            terminal.write(question)
            return terminal.readline().strip()
    except OSError:
        return ""


def require_confirmed(scene: Scene, environment: Mapping[str, str], ask: Callable[[str], str]) -> None:
    """Require the stack's name, unless all machines are local. Raises Refused."""
    if scene.place == "local":
        return
    words = f"the machines of {scene.stack} are not local, and its nodes would be stopped one after the other"
    typed = environment.get("CONFIRM") or ask(f"{words}, and coins of the owners spent.\nType the stack's name: ")
    if typed != scene.stack:
        raise Refused(NOT_CONFIRMED(f"{words}; set CONFIRM={scene.stack} where there is no terminal"))


def main(words: Sequence[str]) -> int:
    """Drill the stack whose export is on standard input; return the exit status."""
    with lossy_output():
        return _drilled(words)


def _drilled(words: Sequence[str]) -> int:
    text = sys.stdin.read()
    if not text.strip():
        return REFUSED  # Pulumi has said why
    try:
        asked = options(words)
        if asked.minutes is not None:
            asked = replace(asked, seed=secrets.randbits(32) if asked.seed is None else asked.seed)
            say(f"SEED={asked.seed}")
        scene = Scene.of(asked.stack, json.loads(text))
        if asked.minutes is not None and scene.place != "local":
            raise Refused(NO_DRILL_HERE("a soak makes faults for a long time, and on local machines only"))  # noqa: TRY301
        require_confirmed(scene, os.environ, asked_on_terminal)
        drill = Drill(scene, asked, lambda: look(scene.stack, scene.targets), say)
        with drill.ending.taken():
            drill.run()
    except (Refused, ChainError) as refused:
        print(f"error: {refused}", file=sys.stderr)
        return REFUSED
    except Ended:
        return FAILED  # before the first fault
    return _told(drill.report(), asked)


def _told(found: DrillReport, asked: Options) -> int:
    for line in last_lines(found):
        say(line)
    if asked.json:
        try:
            asked.json.write_text(found.model_dump_json(by_alias=True, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            print(f"error: {CALLED_WRONGLY(f'{asked.json} cannot be written: {error.strerror}')}", file=sys.stderr)
            return REFUSED
    return PASSED if found.passed else FAILED


if __name__ == "__main__":
    status = main(sys.argv[1:])
    os._exit(status)  # threads may still wait for machines that do not answer
