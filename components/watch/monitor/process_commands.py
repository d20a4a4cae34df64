"""Shell commands for a program of the monitoring on a machine without systemd: prepare, running, start, reload, remove.

They run as root, or as the user who logs in where nobody becomes root. Each finds what is done already.
"""

import shlex
from collections.abc import Mapping

from components.kaia.host_commands import poll
from components.watch.monitor.folder import MonitoringFolder
from components.watch.monitor.programs import Watcher, looped

START_POLLS = 80
"""Polls of a quarter of a second until a program listens: 20 s, on a machine that is busy with its node."""
SETTLE_POLLS = 2
"""Polls after which one without a port counts as started, if it has not ended."""
STOP_POLLS = 40
"""Polls until it is killed: 10 s."""
RUNNING = "running"
"""What the command `running` prints if the program runs with its command line."""


def scripts(watcher: Watcher, folder: MonitoringFolder) -> Mapping[str, str]:
    """Return the commands by name."""
    return {
        "prepare": prepare(watcher, folder),
        "running": f"{_found(watcher, folder)}\n! found || echo {RUNNING}",
        "start": _stop(watcher, folder) + checked(watcher) + _start(watcher, folder),
        "reload": f'{checked(watcher)}{_found(watcher, folder)}\nfound && kill -HUP "$pid"' if watcher.reloads else ":",
        "remove": _stop(watcher, folder) + removed(watcher, folder),
    }


def prepare(watcher: Watcher, folder: MonitoringFolder) -> str:
    """Return the command that makes the folders; only the one that the program writes to belongs to its user."""
    made = shlex.join([folder.path, folder.of(watcher.service), watcher.data])
    return f"""\
set -eu
umask 022
{user_of(watcher)}
mkdir -p {made}
[ -z "$user" ] || chown "$user:" {shlex.quote(watcher.data)}
{linked(watcher, folder)}"""


def user_of(watcher: Watcher) -> str:
    """Return the commands that set `user` to who runs the program; to nothing if that is who logs in."""
    if watcher.user is None:
        return "user="
    user = shlex.quote(watcher.user)
    return f'user={user}\n[ "$(id -u)" = 0 ] && id -u {user} >/dev/null 2>&1 || user='


def linked(watcher: Watcher, folder: MonitoringFolder) -> str:
    """Return the command that makes the link of a program, if it has one."""
    return f"ln -sfn {shlex.quote(folder.prom)} {shlex.quote(watcher.link)}\n" if watcher.link else ""


def checked(watcher: Watcher) -> str:
    """Return the command that ends with the reason if the configuration is wrong."""
    if not watcher.check:
        return ""
    return f'said=$({shlex.join(watcher.check)} 2>&1) || {{ printf "%s\\n" "$said" | tail -n 5 >&2; exit 1; }}\n'


def removed(watcher: Watcher, folder: MonitoringFolder) -> str:
    """Return the command that removes the files of the program, and the folder with the last of them."""
    own = [
        folder.of(watcher.service),
        watcher.data,
        folder.pid(watcher.service),
        folder.log(watcher.service),
        *([watcher.link] if watcher.link else []),
    ]
    return f"rm -rf {shlex.join(own)}\n! [ -d {shlex.quote(folder.path)} ] || rmdir {shlex.quote(folder.path)} || :\n"


def listening(port: int) -> str:
    """Return the command that succeeds if somebody listens on a TCP port."""
    return f"grep -shqE '^ *[0-9]+: [0-9A-F]+:{port:04X} [^ ]+ 0A ' /proc/net/tcp /proc/net/tcp6"


def _found(watcher: Watcher, folder: MonitoringFolder) -> str:
    """Return a shell function that succeeds if the program runs; `pid` is its process then.

    Its command line is compared, because the number may be that of another process by now.
    """
    file, line = shlex.quote(folder.pid(watcher.service)), shlex.quote("\n".join([*looped(watcher), ""]))
    return f"""\
found() {{
    pid=$(cat {file} 2>/dev/null) && [ -n "$pid" ] || return 1
    [ "$(tr '\\0' '\\n' <"/proc/$pid/cmdline" 2>/dev/null; echo .)" = {line}. ]
}}"""


def _stop(watcher: Watcher, folder: MonitoringFolder) -> str:
    """Stop it: the process of the file, if it is one of this folder, whatever its command line was."""
    file, path = shlex.quote(folder.pid(watcher.service)), shlex.quote(folder.path)
    gone = 'kill -0 "$pid" 2>/dev/null || break'
    return f"""\
pid=$(cat {file} 2>/dev/null || :)
if [ -n "$pid" ] && grep -qF {path}/ "/proc/$pid/cmdline" 2>/dev/null; then
    kill "$pid" 2>/dev/null || :
    {poll(STOP_POLLS, gone)}
    ! kill -0 "$pid" 2>/dev/null || kill -KILL "$pid"
fi
rm -f {file}
"""


def _start(watcher: Watcher, folder: MonitoringFolder) -> str:
    log, file = shlex.quote(folder.log(watcher.service)), shlex.quote(folder.pid(watcher.service))
    command = shlex.join(looped(watcher))
    # One that has ended and was not yet waited for is a zombie. A command line says nothing of that: it is empty for a
    # moment while the process becomes the program.
    dead = f'grep -qs "^State:[[:space:]]*[^ZX]" "/proc/$pid/status" || {{ tail -n 5 {log} >&2; exit 1; }}'
    is_up = [f"{listening(watcher.port)} && exit 0"] if watcher.port else []
    waiting = poll(START_POLLS if watcher.port else SETTLE_POLLS, dead, *is_up)
    late = f"echo 'it does not listen after {START_POLLS // 4} s' >&2\nexit 1" if watcher.port else dead
    return f"""\
{user_of(watcher)}
# Whoever becomes another user gives up all rights of root.
as_user() {{
    [ -n "$user" ] || exec setsid "$@"
    exec setsid setpriv --reuid="$user" --regid="$user" --clear-groups --no-new-privs --inh-caps=-all -- "$@"
}}
(cd / && umask 022 && as_user {command}) </dev/null >{log} 2>&1 &
pid=$!
echo "$pid" >{file}
{waiting}
{late}
"""
