"""The archives of the nodes that `make setup` has: built by it, or given by the user in any version."""

from pathlib import Path

from components.domain.versions import BUILT
from components.settings.sections.packages import BUILT_FOLDER

ROOT = Path(__file__).resolve().parent.parent


def archive_of(program: str) -> Path:
    """Return the archive of a program. It does not exist if nothing is built."""
    end = "linux-amd64.tar.gz"
    found = sorted((ROOT / BUILT_FOLDER).glob(f"{program}-v*-{end}"))
    return found[0] if found else ROOT / BUILT_FOLDER / f"{program}-{BUILT}-{end}"
