"""The example stacks, `Pulumi.<name>.yaml`, as they are committed: the files themselves are a user's to edit."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ("dev", "kairos", "mainnet", "existing")


@cache
def committed(name: str) -> str:
    """Return the text of an example in the last commit; of the file itself where there is no repository."""
    file = f"Pulumi.{name}.yaml"
    try:
        done = subprocess.run(["git", "-C", ROOT, "show", f"HEAD:./{file}"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return (ROOT / file).read_text()
    return done.stdout
