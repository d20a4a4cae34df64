"""Shell commands that both kinds of service use: poll, write a file, run as another user, run one at a time. Pure."""

import shlex
from pathlib import PurePosixPath

from components.kaia.layout import Layout

STOP_POLLS = 240
"""Polls of a quarter of a second while a node stops: 60 s. An SCN that needs longer holds up its chain."""
EN_STOP_POLLS = 1200
"""The same for an EN, which has more data to write: 5 min."""
CONSOLE_POLLS = 4800
"""Polls until a running node opens its console: 20 min. A node with a large database reads through it first."""

ALONE_SECONDS = 90
"""How long a command waits for an earlier one on the same machine, such as the stop and start of a node."""


def stop_polls(program: str) -> int:
    """Return how often to poll while a program writes its data, before it is killed."""
    return EN_STOP_POLLS if program == "ken" else STOP_POLLS


def poll(times: int, *steps: str, indent: str | None = None) -> str:
    """Return a loop that runs the steps every quarter of a second. A step leaves it with `break` or `exit`.

    In one line, or with each step in a line of its own if the `indent` of the loop is given.
    """
    before, between = (" ", "; ") if indent is None else (f"\n{indent}    ", f"\n{indent}    ")
    end = "; " if indent is None else f"\n{indent}"
    return f"for _ in $(seq {times}); do{before}{between.join([*steps, 'sleep 0.25'])}{end}done"


def install(path: str, mode: str, owner: str | None = None) -> str:
    """Return the command that writes its standard input to a file, completely or not at all.

    A file with the same content, mode and owner is not touched: its time shows whether the node has read it. The
    command runs as the `owner` and not as root, so that a link in a folder of that user cannot redirect it.
    """
    folder, file = shlex.quote(str(PurePosixPath(path).parent)), shlex.quote(path)
    new = shlex.quote(f"{path}.new")
    seen = '[ -f "$1" ] && ! [ -L "$1" ] && stat -c "%u %g %a" "$1" && sha256sum <"$1"'
    same = f'[ "$(look {new})" = "$(look {file})" ]'
    place = f"{{ look() {{ {seen}; }}; if {same}; then rm {new}; else mv {new} {file}; fi; }}"
    text = f"umask 077 && mkdir -p {folder} && cat >{new} && chmod {mode} {new} && {place}"
    return f"{run_as(owner)} sh -c {shlex.quote(text)}" if owner else text


def run_as(user: str) -> str:
    """Return the prefix that runs a command as this user, without any rights of root."""
    return f"setpriv --reuid={user} --regid={user} --clear-groups --no-new-privs --inh-caps=-all --"


def alone(layout: Layout, command: str) -> str:
    """Return the command with a lock around it, so that it never runs twice at once on a machine.

    A command continues on its machine when the run that sent it is killed or loses its connection. Two commands that
    start a node at once would both find it stopped.
    """
    return f"""\
exec 9>{shlex.quote(f"{layout.root}/.alone")}
flock -w {ALONE_SECONDS} 9 || {{
    echo 'what an earlier run began on this machine still runs there after {ALONE_SECONDS} s; run again later' >&2
    exit 1
}}
# Without the lock, which would else be the node's as long as it runs.
(
{command}
) 9>&-"""
