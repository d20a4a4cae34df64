"""What a drill runs on the machines of nodes. Pure. Every command may run twice."""

import shlex

from toolchain.ops.drill.scene import DrilledNode

ROUTE = "86"
"""Protocol number of the routes that are ours."""
FILLER = ".servicechain-drill"
"""Name of the file that fills a disk."""
LEFT_BYTES = 2**20
"""Bytes that the file leaves free."""


def process(node: DrilledNode) -> str:
    """Return the commands that set `pid` and `unit`: the process of the node, and its unit if systemd runs it.

    Both are empty where it does not run.
    """
    folder = shlex.quote(node.target.folder)
    return f"""\
unit= pid=$(cat {folder}/*.pid 2>/dev/null || :)
if ! kill -0 "${{pid:-none}}" 2>/dev/null; then
    pid=$(systemctl show --property=MainPID --value {node.unit} 2>/dev/null || :)
    [ "${{pid:-0}}" = 0 ] && pid= || unit={node.unit}
fi
"""


def stop(node: DrilledNode) -> str:
    """Return the command that kills the node without a warning, and has it stay down."""
    return f"""\
set -u
{process(node)}[ -n "$pid" ] || exit 0
kill -KILL "$pid"
# systemd would start it again after three seconds.
[ -z "$unit" ] || systemctl stop "$unit"
for _ in $(seq 200); do kill -0 "$pid" 2>/dev/null || exit 0; sleep 0.05; done
echo "process $pid does not end" >&2
exit 1
"""


def start(node: DrilledNode) -> str:
    """Return the command that starts the node unless it runs. It has to have a start command."""
    assert node.start is not None  # noqa: S101 - the plan leaves such nodes out
    return f'{process(node)}[ -z "$pid" ] || exit 0\n{node.start}'


def nothing(_node: DrilledNode) -> str:
    """Return the command that does nothing."""
    return "true\n"


def restart(node: DrilledNode) -> str:
    """Return the command that starts the node, after stopping it if it runs."""
    assert node.start is not None  # noqa: S101 - the plan leaves such nodes out
    return node.start


def hang(node: DrilledNode) -> str:
    """Return the command that has the node hang."""
    return f'{process(node)}[ -n "$pid" ] || {{ echo "it does not run" >&2; exit 1; }}\nkill -STOP "$pid"\n'


def resume(node: DrilledNode) -> str:
    """Return the command that has the node go on."""
    return f'{process(node)}[ -z "$pid" ] || kill -CONT "$pid"\n'


def cut(address: str) -> str:
    """Return the command that has a machine drop everything that it sends to an address, and what comes from there.

    A route needs no package and no rule of a firewall. Where the reverse path is checked, as on local hosts, the
    kernel drops what comes in too. A route of somebody else is never replaced: nothing would put it back.
    """
    add = f"ip {_family(address)} route add blackhole {_host(address)} proto {ROUTE}"
    return f'{add} || [ -n "$({_ours(address)})" ]\n'


def mend(address: str) -> str:
    """Return the command that takes the route away."""
    return f'{without_route(address)} 2>/dev/null || [ -z "$({_ours(address)})" ]\n'


def without_route(address: str) -> str:
    """Return the command that deletes our route to an address; it fails where there is none."""
    return f"ip {_family(address)} route del blackhole {_host(address)} proto {ROUTE}"


def other_routes(address: str) -> str:
    """Return the command that prints the user's number, and then all routes to an address alone that are not ours.

    It fails where there is no `ip`.
    """
    every = f"ip {_family(address)} route show exact {_host(address)}"
    return f"""\
command -v ip >/dev/null && id -u || exit 1
{every} | while read -r route; do
    case $route in blackhole*" proto {ROUTE} "* | blackhole*" proto {ROUTE}") ;; *) echo "$route" ;; esac
done
"""


def fill(node: DrilledNode) -> str:
    """Return the command that fills the disk of the node's data up to the last megabyte."""
    folder, filler = shlex.quote(node.target.folder), _filler(node)
    return f"""\
set -eu
free=$(df -P -B 1 {folder} | tail -n 1 | tr -s ' ' | cut -d ' ' -f 4)
size=$((free - {LEFT_BYTES}))
[ "$size" -gt 0 ] || exit 0
fallocate -l "$size" {filler}
"""


def empty(node: DrilledNode) -> str:
    """Return the command that removes the file, and starts the node if it has ended."""
    assert node.start is not None  # noqa: S101 - the plan leaves such nodes out
    return f"{without_filler(node)}\n{start(node)}"


def without_filler(node: DrilledNode) -> str:
    """Return the command that removes the file."""
    return f"rm -f {_filler(node)}"


def own_disk(node: DrilledNode) -> str:
    """Return the command that prints `yes` if the node's data have a file system that nothing else uses.

    It is mounted at the folder of the data or at that of the node, and as a whole: of a part of a file system, which
    containers and bind mounts have, somebody else has the rest.
    """
    return f"""\
folder=$(realpath {shlex.quote(node.target.folder)})
found=$(findmnt --noheadings --raw --output FSROOT,TARGET --target "$folder" || :)
case $found in
"/ $folder" | "/ $(dirname "$folder")") [ "$(dirname "$folder")" = / ] && echo no || echo yes ;;
*) echo no ;;
esac
"""


def clean(node: DrilledNode) -> str:
    """Return the command that undoes what a drill that was killed left on the machine of a node.

    It prints the kind of each fault that it undid, and fails if it could not undo one that it found. It does not start
    a node that is down: somebody may have stopped that.
    """
    filler = _filler(node)
    return f"""\
{process(node)}left=0
if [ -n "$pid" ] && grep -q '^State:.*(stopped)' "/proc/$pid/status" 2>/dev/null; then
    kill -CONT "$pid" && echo hung || left=1
fi
if [ -e {filler} ]; then
    rm -f {filler} && echo disk || left=1
fi
for family in -4 -6; do
    for to in $(ip "$family" route show type blackhole proto {ROUTE} 2>/dev/null | sed 's/^blackhole //; s/ .*//'); do
        case $to in */* | default) continue ;; esac
        if ip "$family" route del blackhole "$to" proto {ROUTE}; then
            echo link
        elif [ -n "$(ip "$family" route show exact "$to" type blackhole proto {ROUTE})" ]; then
            left=1
        fi
    done
done
exit "$left"
"""


def _filler(node: DrilledNode) -> str:
    return shlex.quote(f"{node.target.folder}/{FILLER}")


def _ours(address: str) -> str:
    return f"ip {_family(address)} route show exact {_host(address)} type blackhole proto {ROUTE}"


def _family(address: str) -> str:
    """Return the option of `ip`, which else shows routes of IPv4 only."""
    return "-6" if ":" in address else "-4"


def _host(address: str) -> str:
    return f"{address}/{128 if ':' in address else 32}"
