"""What the preflight checks for tokens."""

from pathlib import Path

import pulumi
import pytest

from components.domain.problems.settings import CONTRACT_FILE
from components.stack import preflight
from components.topology.checks.configuration import read
from tests.unit.samples import raw

DEVELOPED = [{"name": name, "kind": kind, "development": True} for name, kind in (("a", "erc20"), ("b", "erc20"))]
REAL = {"name": "c", "kind": "erc721", "parent": "0x" + "1a" * 20, "child": "0x" + "2b" * 20}


def test_missing_code_of_a_development_token_is_reported_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(pulumi.RunError) as caught:
        preflight.check(read(raw(tokens=[*DEVELOPED, REAL])))
    told = [line for line in str(caught.value).splitlines() if "token" in line]
    assert len(told) == 1
    assert ".build/tokens/erc20.json" in told[0]
    assert told[0].endswith(f" [{CONTRACT_FILE.code}]")
