"""A copy of this program with one text in it replaced, such as a wait that is too long for a test."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.stack import ROOT


def edited_program(folder: Path, file: str, texts: Mapping[str, str]) -> Path:
    """Write the copy into a new folder of `folder`, with each of these texts replaced in one file; return where."""
    copy = folder / "program"
    shutil.copytree(ROOT / "components", copy / "components", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__main__.py", "Pulumi.yaml"):
        shutil.copy(ROOT / name, copy)
    (copy / ".build").symlink_to(ROOT / ".build")
    content = (copy / file).read_text()
    for before, after in texts.items():
        assert before in content
        content = content.replace(before, after)
    (copy / file).write_text(content)
    return copy
