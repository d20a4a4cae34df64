"""Commands for a node that runs by the daemon script of its package: unpack, init, start, restart, begin. Pure."""

import shlex
from collections.abc import Mapping

from components.kaia.host_commands import CONSOLE_POLLS, STOP_POLLS, poll, stop_polls
from components.kaia.layout import Layout

FIRST_CONSOLE_POLLS = 120
"""Polls until a node with an empty database opens its console: 30 s."""


def scripts(layout: Layout) -> Mapping[str, str]:
    """Return the commands by name, the same names as on machines with systemd.

    `start` and `restart` stop a running node first; `restart` waits longer. `begin` deletes the chain data and starts
    from the genesis again: only for a node that holds nothing but a first block.
    """
    archive = shlex.quote(layout.archive)
    unpack = f"tar -xzf {archive} -C {layout.root} && rm -f {archive}"
    init = _init(layout)
    return {
        # The archive is gone if the command runs a second time, as after a lost connection.
        "unpack": f"if [ -f {archive} ]; then {unpack}; else [ -x {layout.binary} ]; fi",
        "init": init,
        "start": _stop(layout, STOP_POLLS) + _start(layout, FIRST_CONSOLE_POLLS),
        "restart": _stop(layout, stop_polls(layout.package.program)) + _start(layout, CONSOLE_POLLS),
        "begin": (
            f"{_stop(layout, STOP_POLLS)}rm -rf {layout.data}/klay/chaindata\n{init}\n{_start(layout, CONSOLE_POLLS)}"
        ),
    }


def _init(layout: Layout) -> str:
    return (
        f"[ -d {layout.data}/klay/chaindata ] || {layout.binary} init "
        f"--datadir {layout.data} {layout.genesis} >{layout.root}/init.log 2>&1 || "
        f"{{ tail -n 5 {layout.root}/init.log >&2; exit 1; }}"
    )


def _stop(layout: Layout, polls: int) -> str:
    """Stop the node and wait: the script's own stop kills after 10 s, and a killed node rewinds its chain."""
    pid_file, pid = _pid(layout)
    return (
        f"if [ -s {pid_file} ] && kill {pid} 2>/dev/null; then "
        f"{poll(polls, f'kill -0 {pid} 2>/dev/null || break')}; "
        f"{layout.daemon} stop >/dev/null; fi; rm -f {pid_file}\nrm -f {layout.ipc}\n"
    )


def _start(layout: Layout, polls: int) -> str:
    """Start the node and wait for its console as long as it runs."""
    _, pid = _pid(layout)
    wait = poll(polls, f"[ -S {layout.ipc} ] && exit 0", f"kill -0 {pid} 2>/dev/null || break")
    return (
        f"{layout.daemon} start && {wait}; "
        f"echo 'the node did not open its console {layout.ipc}; the end of its log:' >&2; "
        f"tail -n 15 {layout.data}/logs/{layout.package.daemon}.out >&2; exit 1"
    )


def _pid(layout: Layout) -> tuple[str, str]:
    """Return the file in which the script writes the process id, and a shell word for its content."""
    file = f"{layout.data}/{layout.package.daemon}.pid"
    return file, f'"$(cat {file})"'
