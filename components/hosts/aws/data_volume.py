"""Shell commands that prepare a machine for a node: mount its data volume, and synchronise its clock.

pulumi-command runs them over SSH. They change nothing on a machine that is prepared already.
"""

import re
import shlex
from pathlib import Path

_HERE = Path(__file__).parent


def command(volume_id: str, mount_point: str, snapshot_id: str | None = None) -> str:
    """Return the command that mounts the volume of that id at a folder, after formatting a blank one, and grows it.

    Of a volume that was made from the snapshot of that id, it deletes all but the chain data, once.

    Raises ValueError for an id or a folder with other characters: fstab has no quoting.
    """
    if not re.fullmatch(r"vol-[0-9a-f]{8,32}", volume_id):
        msg = f"{volume_id!r} is not the id of an EBS volume, such as vol-0123456789abcdef0"
        raise ValueError(msg)
    if not re.fullmatch(r"(/[A-Za-z0-9_][A-Za-z0-9._-]*)+", mount_point):
        msg = f"{mount_point!r} is not an absolute path of letters, digits, dots and dashes"
        raise ValueError(msg)
    mounting = _run("data_volume.sh", volume_id, mount_point)
    if not snapshot_id:
        return mounting
    return f"({mounting}) && {_run('data_snapshot.sh', volume_id, snapshot_id, mount_point)}"


def time_sync() -> str:
    """Return the command that turns time synchronisation on if it is off."""
    return _run("time_sync.sh")


def _run(script: str, *arguments: str) -> str:
    text = (_HERE / script).read_text(encoding="utf-8")
    return shlex.join(["exec", "sh", "-c", text, script, *arguments])
