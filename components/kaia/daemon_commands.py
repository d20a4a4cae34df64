"""Commands for a node that runs by the daemon script of its package: unpack, init, start, restart, begin. Pure."""

from collections.abc import Mapping

from components.kaia.host_commands import CONSOLE_POLLS, STOP_POLLS, poll, stop_polls
from components.kaia.layout import Layout, Release
from components.kaia.release_commands import follow_genesis, keep, require, room, stage, started, switch

FIRST_CONSOLE_POLLS = 120
"""Polls until a node with an empty database opens its console: 30 s."""


def scripts(layout: Layout, *, keeps_data: bool = False, has_forks: bool = False) -> Mapping[str, str]:
    """Return the commands by name, the same names as on machines with systemd.

    `start` and `restart` stop a running node first; `restart` waits longer. `begin` deletes the chain data and starts
    from the genesis again: only for a node that holds nothing but a first block. `keeps_data`: `restart` copies the
    data before a newer major version, and `room` fails if there is none for that. `has_forks`: `restart` has the node
    take the forks over that are in the genesis file by then.
    """
    checked = {"room": room(layout)} if keeps_data else {}
    kept = keep(f"{layout.current.daemon} start >/dev/null") if keeps_data else ""
    stop = checked.get("room", "") + _stop(layout, stop_polls(layout.package.program))
    forks = follow_genesis(layout) if has_forks else ""
    again = f"rm -rf {layout.data}/klay/chaindata\n{_init(layout, layout.next)}\n"
    return {
        "unpack": stage(layout, scripted=True),
        "init": _init(layout, layout.release),
        "start": _stop(layout, STOP_POLLS) + _start(layout, FIRST_CONSOLE_POLLS),
        "restart": stop + kept + forks + _start(layout, CONSOLE_POLLS),
        "begin": _stop(layout, STOP_POLLS) + again + _start(layout, CONSOLE_POLLS),
        **checked,
    }


def _init(layout: Layout, release: Release) -> str:
    return (
        f"[ -d {layout.data}/klay/chaindata ] || {release.binary} init "
        f"--datadir {layout.data} {layout.genesis} >{layout.root}/init.log 2>&1 || "
        f"{{ tail -n 5 {layout.root}/init.log >&2; exit 1; }}"
    )


def _stop(layout: Layout, polls: int) -> str:
    """Stop the node and wait: the script's own stop kills after 10 s, and a killed node rewinds its chain.

    The script is that of the release that runs. Without a `current` one the node is killed if it does not stop.
    """
    pid_file, pid = _pid(layout)
    daemon = layout.current.daemon
    return (
        f"{require(layout)}"
        f"if [ -s {pid_file} ] && kill {pid} 2>/dev/null; then "
        f"{poll(polls, f'kill -0 {pid} 2>/dev/null || break')}; "
        f"if [ -x {daemon} ]; then {daemon} stop >/dev/null; else kill -KILL {pid} 2>/dev/null; fi; fi; "
        f"rm -f {pid_file}\nrm -f {layout.ipc}\n"
    )


def _start(layout: Layout, polls: int) -> str:
    """Start the node with the next release and wait for its console as long as it runs."""
    _, pid = _pid(layout)
    wait = poll(polls, f"[ -S {layout.ipc} ] && started", f"kill -0 {pid} 2>/dev/null || break")
    return (
        f"{switch(layout)}{started(layout)}"
        f"{layout.current.daemon} start && {wait}; "
        f"echo 'the node did not open its console {layout.ipc}; the end of its log:' >&2; "
        f"tail -n 15 {layout.data}/logs/{layout.package.daemon}.out >&2; exit 1"
    )


def _pid(layout: Layout) -> tuple[str, str]:
    """Return the file in which the script writes the process id, and a shell word for its content."""
    file = f"{layout.data}/{layout.package.daemon}.pid"
    return file, f'"$(cat {file})"'
