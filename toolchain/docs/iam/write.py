"""Write docs/aws/*.json, the policies of IAM and KMS: python -m toolchain.docs.iam.write."""

import json
from collections.abc import Mapping
from typing import Any

from toolchain.docs.iam.calls import Calls
from toolchain.docs.iam.key_policies import key_policies
from toolchain.docs.iam.policies import policies
from toolchain.docs.iam.trust import trust
from toolchain.docs.settings_schema import ROOT

FOLDER = ROOT / "docs/aws"


def documents() -> Mapping[str, dict[str, Any]]:
    """Return all documents by the name of their file, without its end."""
    return {**policies(Calls.recorded()), **trust(), **key_policies()}


def render(document: Mapping[str, Any]) -> str:
    """Return the text of a file."""
    return json.dumps(document, indent=2) + "\n"


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for name, document in documents().items():
        (FOLDER / f"{name}.json").write_text(render(document), encoding="utf-8")


if __name__ == "__main__":
    main()
