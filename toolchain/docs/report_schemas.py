"""The JSON schemas of the reports that commands write, status.schema.json and drill.schema.json, from their models.

usage: python -m toolchain.docs.report_schemas
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.watch.report import Report, Row
from toolchain.ops.drill.report import DrillReport

DOCS = Path(__file__).resolve().parents[2] / "docs"


@dataclass(frozen=True)
class ReportSchema:
    """The schema of one report."""

    file: Path
    model: type[Row]

    def schema(self) -> dict[str, Any]:
        """Return the schema of what is written."""
        return self.model.model_json_schema(by_alias=True, mode="serialization")

    def render(self) -> str:
        """Return the text of the file."""
        return json.dumps(self.schema(), indent=2, ensure_ascii=False) + "\n"


STATUS = ReportSchema(DOCS / "status.schema.json", Report)
DRILL = ReportSchema(DOCS / "drill.schema.json", DrillReport)


def main() -> None:
    """Write the files."""
    for one in (STATUS, DRILL):
        one.file.write_text(one.render(), encoding="utf-8")


if __name__ == "__main__":
    main()
