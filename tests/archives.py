"""The archives of the nodes that `make setup` has: built by it, or given by the user in any version."""

from functools import cache
from pathlib import Path

from components.domain.versions import BUILT
from components.kaia.package import Package
from components.settings.sections.packages import BUILT_FOLDER
from components.settings.values.versions import VERSION

ROOT = Path(__file__).resolve().parent.parent


def archive_of(program: str) -> Path:
    """Return the archive of a program. It does not exist if nothing is built."""
    end = "linux-amd64.tar.gz"
    found = sorted((ROOT / BUILT_FOLDER).glob(f"{program}-v*-{end}"))
    return found[0] if found else ROOT / BUILT_FOLDER / f"{program}-{BUILT}-{end}"


@cache
def package_of(program: str) -> Package:
    """Return the package of a program as the settings of a stack have it, with the version in the archive's name."""
    archive = archive_of(program)
    version = VERSION.search(archive.name)
    assert version
    return Package(program, archive, version=version.group())
