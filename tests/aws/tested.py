"""Whether the imitation of AWS is as it was when its own tests passed last.

They test the stand-in and nothing that users have, so they run when it changes, and in `make imitation`, which records
what was tested.
"""

import hashlib
import os
from pathlib import Path

FOLDER = Path(__file__).parent
RECORD = FOLDER / "tested.sha256"
TESTS = FOLDER.parent / "engine/test_aws_plugin.py"


def digest() -> str:
    """Return the SHA-256 of all that the imitation consists of, as 64 hex digits."""
    found = hashlib.sha256()
    parts = [path for path in FOLDER.rglob("*") if path.is_file() and path != RECORD and path.suffix != ".pyc"]
    for path in [*sorted(path for path in parts if not path.name.startswith("test_")), TESTS]:
        found.update(path.relative_to(FOLDER.parent).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def unchanged() -> bool:
    """Return whether its own tests need not run."""
    return not os.environ.get("IMITATION") and RECORD.is_file() and RECORD.read_text().strip() == digest()


if __name__ == "__main__":
    RECORD.write_text(digest() + "\n")
