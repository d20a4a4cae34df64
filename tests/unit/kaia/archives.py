"""Node packages with scripts in place of the programs, for commands that a real shell runs in a temporary folder."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from components.kaia.layout import Layout
from components.kaia.package import Package

PROGRAM = "#!/bin/sh\n[ \"$1\" != version ] || echo 'Kaia v1.0.3'\n"
"""A program that prints its version."""
SCRIPT = """\
#!/bin/sh
home=$(dirname "$(dirname "$0")")
root=$(dirname "$home")
pid_file=$root/data/kscnd.pid
case $1 in
    start)
        rm -f "$pid_file"
        (sleep 600 & echo $! >"$pid_file"; wait) >/dev/null 2>&1 </dev/null &
        while [ ! -s "$pid_file" ]; do :; done
        echo "started $(readlink -f "$home") with $(cat "$home/conf/kscnd.conf")" >>"$root/calls"
        ;;
    stop) echo "stopped by $(readlink -f "$home")" >>"$root/calls" ;;
esac
"""
"""A daemon script that reads the conf beside it, as the real one does. It runs `sleep`, and notes its calls.

Its parent waits for it, so that it is gone once it has ended: the first process of a container may take two seconds.
"""


def pack(folder: Path, version: str = "v1.0.3", other: Mapping[str, str | None] = MappingProxyType({})) -> Package:
    """Write an archive of kscn of that version into the folder. `other`: texts of files in it; None: no such file.

    Another version has another content, and with it another digest.
    """
    top = folder / "kscn-linux-amd64"
    files = {"bin/kscn": f"{PROGRAM}# {version}\n", "bin/kscnd": SCRIPT, "conf/kscnd.conf": f"packaged {version}"}
    for path, text in {**files, **other}.items():
        if text is not None:
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            (top / path).write_text(text)
            (top / path).chmod(0o755)
    archive = folder / f"kscn-{version}.tar.gz"
    subprocess.run(["tar", "-czf", archive, "-C", folder, top.name], check=True)
    shutil.rmtree(top)
    return Package("kscn", archive, version=version)


def arrive(layout: Layout) -> None:
    """Copy the archive to where it arrives on the machine."""
    assert layout.package.archive
    shutil.copy(layout.package.archive, layout.archive)
