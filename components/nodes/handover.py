"""What a machine still runs of the node by the package's script when its service takes over. Pure.

Comes before a restart, and so in the turn of the node. The other way round the claim does it, which has root's rights.
"""

import shlex
from typing import Literal

from components.nodes.files import SERVICE_ID, Layout


def end_of_other(kind: Literal["daemon", "systemd"], layout: Layout) -> str:
    """Return the commands that end what the script runs of this node, and give the service its data."""
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
            for _ in $(seq 480); do
                [ -e "/proc/$pid" ] || break
                sleep 0.25
            done
            [ ! -e "/proc/$pid" ] || kill -KILL "$pid"
            ;;
    esac
    chown -Rh {SERVICE_ID}:{SERVICE_ID} {data}
    rm -f {pid_file}
fi
"""
