"""The JSON schema of the report on a bridge, docs/status.schema.json, from its models.

usage: python -m toolchain.docs.status_schema
"""

import json
from pathlib import Path
from typing import Any

from components.watch.report import Report

FILE = Path(__file__).resolve().parents[2] / "docs/status.schema.json"


def schema() -> dict[str, Any]:
    """Return the schema of what is printed."""
    return Report.model_json_schema(by_alias=True, mode="serialization")


def render() -> str:
    """Return the text of the file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the file."""
    FILE.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
