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
    kernel drops what comes in too.
    """
    return f"ip route replace blackhole {_host(address)} proto {ROUTE}\n"


def mend(address: str) -> str:
    """Return the command that takes the route away."""
    gone = f'! ip route show type blackhole proto {ROUTE} | grep -qwF "{address}"'
    return f"ip route del blackhole {_host(address)} proto {ROUTE} 2>/dev/null || {gone}\n"


def fill(node: DrilledNode) -> str:
    """Return the command that fills the disk of the node's data up to the last megabyte."""
    folder, filler = shlex.quote(node.target.folder), shlex.quote(f"{node.target.folder}/{FILLER}")
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
    filler = shlex.quote(f"{node.target.folder}/{FILLER}")
    return f"rm -f {filler}\n{start(node)}"


def own_disk(node: DrilledNode, other: str) -> str:
    """Return the command that prints `yes` if the node's data have a file system of their own, not that of `other`."""
    folder, path = shlex.quote(node.target.folder), shlex.quote(other)
    return f'[ "$(stat -c %d {folder})" = "$(stat -c %d {path})" ] && echo no || echo yes\n'


def _host(address: str) -> str:
    return f"{address}/{128 if ':' in address else 32}"
