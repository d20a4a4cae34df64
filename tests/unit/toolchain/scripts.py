"""A checkout with the real script of the verbs, in which another one takes the place of toolchain/run."""

import shutil
from pathlib import Path

from tests.stack import ROOT


def scripts(folder: Path, run: str) -> None:
    """Write the scripts; `run`: the text of toolchain/run."""
    (folder / "toolchain").mkdir()
    for name in ("lib.sh", "stack"):
        shutil.copy(ROOT / "toolchain" / name, folder / "toolchain")
    executable(folder / "toolchain/run", run)


def executable(file: Path, text: str) -> None:
    """Write a program."""
    file.write_text(text)
    file.chmod(0o755)
