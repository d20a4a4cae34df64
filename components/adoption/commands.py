"""Where an existing node has its files, and the commands that read, change and restart it. Pure.

They run as root, or as the user of the node, and need what its own script needs, bash and coreutils, and setpriv of
util-linux: root does nothing in the folders of that user except as that user (see users.py). Three files of ours can
lie beside those of the node, and are removed when it is released: the original of each changed file, and a mark
while a restart is due, so that a run that was cut off is finished by the next one.
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from components.adoption.conf_edit import SOURCE
from components.adoption.users import PREAMBLE
from components.kaia.host_commands import EN_STOP_POLLS, STOP_POLLS, poll

OURS = "servicechain-ha"
"""In the names of our files."""
_CONSOLE_POLLS = 1200
"""Polls of a quarter of a second until a restarted node opens its console: 5 min."""


@dataclass(frozen=True)
class NodePlace:
    """One node on its machine."""

    data: str
    """Its DATA_DIR."""
    conf: str
    restart: str | None = None
    """Command that restarts it; by default it follows from the path of the conf."""

    @property
    def ipc(self) -> str:
        """Return the path of its IPC socket."""
        return f"{self.data}/klay.ipc"

    @property
    def main_bridges(self) -> str:
        """Return the path of the list of main bridges that it dials."""
        return f"{self.data}/main-bridges.json"

    @property
    def daemon(self) -> str:
        """Return the script that starts it: of the rpm package in /etc/init.d, of the archive beside its conf/."""
        conf = PurePosixPath(self.conf)
        if str(conf) == f"/etc/{conf.stem}/conf/{conf.name}":
            return f"/etc/init.d/{conf.stem}"
        return str(conf.parent.parent / "bin" / conf.stem)

    @property
    def by_init(self) -> bool:
        """Return whether its script is one of the system, which root runs."""
        return self.daemon.startswith("/etc/init.d/")

    @property
    def restart_due(self) -> str:
        """Return the mark that the node still runs with its files before the last change."""
        return f"{self.conf}.restart-{OURS}"


def copy_of(path: str) -> str:
    """Return where the original of a file is kept; an empty copy stands for a file that did not exist."""
    return f"{path}.before-{OURS}"


def read(place: NodePlace, keys: Sequence[str]) -> str:
    """Return the command that prints a line for each of: conf, its copy, main-bridges.json, its copy, mark, values.

    Contents are in base64, and - is a file that is not there. The values are those that bash has of the keys, as the
    node's own user, whose home `~` is.
    """
    conf = shlex.quote(place.conf)
    paths = (place.conf, copy_of(place.conf), place.main_bridges, copy_of(place.main_bridges), place.restart_due)
    return f"""\
{PREAMBLE}
[ -d {shlex.quote(place.data)} ] || {{ echo 'there is no data folder '{shlex.quote(place.data)} >&2; exit 1; }}
[ -f {conf} ] || {{ echo 'there is no conf '{conf} >&2; exit 1; }}
for file in {_words(paths)}; do
    user=$(keeper "$file")
    if as "$user" test -e "$file"; then as "$user" base64 -w 0 "$file" && echo; else echo -; fi
done
{_user(place)}
{_source()} {conf} {_words(keys)} | base64 -w 0"""


def source(place: NodePlace, keys: Sequence[str]) -> str:
    """Return the command that prints the values of the keys after bash has sourced its standard input.

    The input is base64, as a conf may have comments in any encoding.
    """
    return f"""\
{PREAMBLE}
{_user(place)}
file=$(as "$user" mktemp)
trap 'as "$user" rm -f "$file"' EXIT
base64 -d | as "$user" tee "$file" >/dev/null
{_source()} "$file" {_words(keys)} | base64 -w 0"""


_REPLACE = """\
set -eu
path=$(readlink -f "$1") copy=$2 new=$path.$3
if [ -e "$path" ]; then
    [ -e "$copy" ] || { cp -p "$path" "$copy.new" && mv "$copy.new" "$copy"; }
    cp -p "$path" "$new"
else
    [ -e "$copy" ] || : >"$copy"
    : >"$new"
    chmod 0644 "$new"
    # Of the user as whom this runs; a folder of another group is no reason to fail.
    [ "$(id -u)" != 0 ] || chown --reference="$(dirname "$path")" "$new"
fi
base64 -d >"$new"
sync "$new"
mv "$new" "$path"
"""


def write(place: NodePlace, path: str) -> str:
    """Return the command that replaces a file by its standard input, base64, completely or not at all.

    The mark and the copy come first. Owner and mode stay; a new file gets the owner of the folder and 0644; a link
    stays a link.
    """
    return f"""\
set -eu
{PREAMBLE}
{_touch(place)}
as "$(keeper {shlex.quote(path)})" sh -c {shlex.quote(_REPLACE)} - {_words([path, copy_of(path), OURS])}"""


def unlink(place: NodePlace, path: str) -> str:
    """Return the command that removes a file that did not exist before."""
    return f"set -eu\n{PREAMBLE}\n{_touch(place)}\n{_remove([path])}"


def forget(place: NodePlace) -> str:
    """Return the command that removes our files."""
    return f"set -eu\n{PREAMBLE}\n{_remove([copy_of(place.conf), copy_of(place.main_bridges), place.restart_due])}"


def restart(place: NodePlace) -> str:
    """Return the command that restarts the node, or starts it where it is down, and waits for its console."""
    ipc, data, conf = (shlex.quote(path) for path in (place.ipc, place.data, place.conf))
    opened = f'if [ -S "$ipc" ]; then\n        {_remove([place.restart_due])}\n        exit 0\n    fi'
    return f"""\
{PREAMBLE}
{_user(place)}
data={data} ipc={ipc}
{f"({place.restart}" + chr(10) + ") </dev/null >/dev/null || exit 1" if place.restart else _by_daemon(place)}
{poll(_CONSOLE_POLLS, opened, indent="")}
logs=$({_source()} {conf} LOG_DIR | tr -d '\\0')
echo "the node did not open its console $ipc; the end of its log in ${{logs:=$data/logs}}:" >&2
as "$user" sh -c 'tail -n 15 "$1"/*.out' - "$logs" >&2
exit 1"""


def _by_daemon(place: NodePlace) -> str:
    """Stop gently what the script would kill after 10 s, and start it, as the user who owns the data.

    A node that is killed rewinds its chain by up to 128 blocks. The watchdog of AUTO_RESTART_NODE is stopped first, or
    it would start the node meanwhile; the script starts it again. A process id in a stale file may belong to any
    process, and a node that something else started must not be stopped by this script.
    """
    daemon = place.daemon
    name = PurePosixPath(daemon).name
    polls = EN_STOP_POLLS if name.startswith("ken") else STOP_POLLS
    script = f"""\
daemon={shlex.quote(daemon)} data=$1 ipc=$2
run={"/var/run" if place.by_init else "$data"}
pid=$run/{shlex.quote(name)}.pid watchdog=$run/restart_daemon_{shlex.quote(name)}.pid
runs() {{ [ -s "$1" ] && grep -qa {shlex.quote(name.removesuffix("d"))} "/proc/$(cat "$1")/cmdline" 2>/dev/null; }}
if runs "$watchdog"; then kill "$(cat "$watchdog")"; fi
rm -f "$watchdog"
if runs "$pid" && kill "$(cat "$pid")"; then
    {poll(polls, 'runs "$pid" || break', indent="    ")}
fi
if runs "$pid"; then "$daemon" stop >/dev/null; fi
if grep -qs " $ipc\\$" /proc/net/unix; then
    echo "the node that answers on $ipc was not started by $daemon; give the command that restarts it" >&2
    exit 1
fi
rm -f "$pid"{"" if place.by_init else ' "$ipc"'}
"$daemon" start </dev/null >/dev/null"""
    runs_as = "0" if place.by_init else '"$node"'
    stale = f"\n{_remove([place.ipc])}" if place.by_init else ""
    return f"""\
as {runs_as} env HOME="$home" sh -c {shlex.quote(script)} - "$data" "$ipc" || exit 1{stale}"""


def _user(place: NodePlace) -> str:
    """Set whom the node runs as (`node`), its `home`, and as whom its conf is read (`user`)."""
    data, conf = shlex.quote(place.data), shlex.quote(place.conf)
    return f"""\
node={"0" if place.by_init else f"$(whose {data})"}
user=$(whose {conf})
[ "$user" != 0 ] || user=$node
home=$(home_of "$node")
[ -n "$home" ] || home=$HOME"""


def _source() -> str:
    """Source the conf without the environment of this session."""
    return f'as "$user" env -i HOME="$home" PATH="$PATH" bash -c {shlex.quote(SOURCE)} -'


def _touch(place: NodePlace) -> str:
    due = shlex.quote(place.restart_due)
    return f'as "$(keeper {due})" sh -c \': >"$1"\' - {due}'


def _remove(paths: Sequence[str]) -> str:
    return "\n".join(f'as "$(keeper {path})" rm -f {path}' for path in map(shlex.quote, paths))


def _words(words: Sequence[str]) -> str:
    return " ".join(map(shlex.quote, words))
