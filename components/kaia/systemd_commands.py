"""Commands for a node that systemd runs: unpack, init, start, restart, begin. Pure.

They run as root, once per machine and again when their text changes. The folder of the node outlives the machine: each
command checks what is there, and only `begin` deletes chain data. Every value from the settings is quoted.
"""

import shlex
from collections.abc import Mapping
from typing import Literal

from components.kaia.host_commands import CONSOLE_POLLS, STOP_POLLS, poll, run_as
from components.kaia.layout import SERVICE_ID, SERVICE_USER, Layout, Release
from components.kaia.release_commands import follow_genesis, keep, require, room, stage, started, switch


def scripts(layout: Layout, *, keeps_data: bool = False, has_forks: bool = False) -> Mapping[str, str]:
    """Return the commands by name, the same names as with the daemon script."""
    checked = {"room": room(layout)} if keeps_data else {}
    kept = keep(f"systemctl start {layout.unit}") if keeps_data else ""
    forks = follow_genesis(layout, f"{run_as(SERVICE_USER)} ") if has_forks else ""
    again = _stop(layout) + _forget(layout) + _init(layout, layout.next)
    texts = {
        "unpack": _account(layout) + stage(layout, scripted=False, runner=f"{run_as(SERVICE_USER)} "),
        "init": _init(layout, layout.release),
        "start": _start(layout, STOP_POLLS),
        "restart": checked.get("room", "") + _start(layout, CONSOLE_POLLS, kept + forks),
        "begin": require(layout) + again + _start(layout, CONSOLE_POLLS),
        **checked,
    }
    return {name: f"set -eu\n{text}" for name, text in texts.items()}


def _account(layout: Layout) -> str:
    """Make the service user and its data folder; on a volume of a former machine the owner is right already."""
    user, number, data = SERVICE_USER, SERVICE_ID, shlex.quote(layout.data)
    return f"""\
umask 022
echo 'u {user} {number} "Kaia node"' | systemd-sysusers -
[ "$(id -u {user}):$(id -g {user})" = {number}:{number} ] || {{
    echo 'the number {number} of the user {user} is taken on this machine by somebody else' >&2
    exit 1
}}
[ -d {data} ] || mkdir -m 0700 {data}
# The folder itself is the last that gets its owner, so this is done again if it was cut off.
[ "$(stat -c %u:%g {data})" = {number}:{number} ] || chown -Rh {user}:{user} {data}
chmod 0700 {data}
"""


def _init(layout: Layout, release: Release) -> str:
    """Write the first block, as the service user. After an interruption it runs again, which the node allows."""
    data, genesis = shlex.quote(layout.data), shlex.quote(layout.genesis)
    done, log = shlex.quote(f"{layout.data}/.initialised"), shlex.quote(f"{layout.root}/init.log")
    return f"""\
[ -e {done} ] && exit 0
{run_as(SERVICE_USER)} {shlex.quote(release.binary)} init --datadir {data} {genesis} >{log} 2>&1 || {{
    tail -n 5 {log} >&2
    exit 1
}}
sync -f {data}
{run_as(SERVICE_USER)} touch {done}
"""


def _stop(layout: Layout) -> str:
    return f"systemctl stop {layout.unit}\n"


def _forget(layout: Layout) -> str:
    """Delete the chain data."""
    return f"rm -rf {shlex.quote(f'{layout.data}/klay/chaindata')} {shlex.quote(f'{layout.data}/.initialised')}\n"


def _start(layout: Layout, polls: int, stopped: str = "") -> str:
    """Stop the node if it runs, start its next release with the current unit, and wait for its console.

    `stopped`: what else is done while it is stopped.

    It waits while the unit is active, at most `polls` quarters of a second. The message about a program that cannot be
    executed comes from a process that has ended when the journal looks up its unit. That process sets the field UNIT
    itself, which `journalctl --unit` reads only in messages of systemd's first process; hence the two conditions.
    """
    unit, ipc = layout.unit, shlex.quote(layout.ipc)
    return f"""\
{started(layout)}{require(layout)}systemctl daemon-reload
systemctl --quiet enable {unit}
systemctl stop {unit}
{stopped}{switch(layout)}rm -f {ipc}
begin=$(date +%s)
if systemctl start {unit}; then
    {poll(polls, f"[ -S {ipc} ] && started", f"systemctl --quiet is-active {unit} || break", indent="    ")}
fi
echo 'the node did not open its console '{ipc}'; the end of its log:' >&2
journalctl --sync
journalctl _SYSTEMD_UNIT={unit} + UNIT={unit} --since="@$begin" --no-pager --output=cat | tail -n 15 >&2
exit 1
"""


def end_of_other(kind: Literal["daemon", "systemd"], layout: Layout) -> str:
    """Return the commands that stop a node started by the daemon script, and give its data to the service user."""
    if kind == "daemon":
        return ""
    root, data = shlex.quote(layout.root), shlex.quote(layout.data)
    pid_file = shlex.quote(f"{layout.data}/{layout.package.daemon}.pid")
    return f"""\
if [ -e {pid_file} ]; then
    pid=$(cat {pid_file})
    case $(readlink "/proc/${{pid:-none}}/exe") in
        "$(readlink -f {root})"/*)
            kill "$pid"
            {poll(480, '[ -e "/proc/$pid" ] || break', indent=" " * 12)}
            [ ! -e "/proc/$pid" ] || kill -KILL "$pid"
            ;;
    esac
    chown -Rh {SERVICE_ID}:{SERVICE_ID} {data}
    rm -f {pid_file}
fi
"""
