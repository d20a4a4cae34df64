"""Files with the secrets of receivers: what is refused before anything is made, without a word of what is in them."""

from pathlib import Path

import pytest

from components.domain.problems.settings import UNREADABLE_FILE
from components.settings.sections.monitoring import Monitoring
from components.stack import receivers

GIVEN = {
    "webhook": {"urlFile": "{}"},
    "slack": {"urlFile": "{}", "channel": "#bridge"},
    "pagerduty": {"keyFile": "{}"},
}


def problems(kind: str, content: str, folder: Path) -> list[str]:
    file = folder / "secret"
    file.write_text(content)
    given = {key: value.format(file) for key, value in GIVEN[kind].items()}
    return list(receivers.problems(Monitoring.model_validate({"receivers": {kind: given}})))


@pytest.mark.parametrize("kind", ["webhook", "slack"])
@pytest.mark.parametrize(
    "content",
    ["hooks.test/T0", "T0/B0/x7", "ftp://hooks.test/T0", "https://", "https://a b/T0", "https://a/%T0", "http://a:0x/"],
)
def test_what_is_no_url_is_refused(kind: str, content: str, tmp_path: Path) -> None:
    """Alertmanager would not start with it, or notify nobody."""
    (problem,) = problems(kind, content, tmp_path)
    assert problem.startswith(f"monitoring.receivers.{kind}.urlFile: ")
    assert problem.endswith(f"[{UNREADABLE_FILE.code}]")
    assert "T0" not in problem.replace(str(tmp_path), "")


@pytest.mark.parametrize("kind", ["webhook", "slack"])
@pytest.mark.parametrize("content", ["https://hooks.test/T0\n", "http://127.0.0.1:9/x?y=%20#z", "HTTPS://u:p@[::1]/"])
def test_a_url_is_taken(kind: str, content: str, tmp_path: Path) -> None:
    assert problems(kind, content, tmp_path) == []


def test_a_key_needs_no_form(tmp_path: Path) -> None:
    assert problems("pagerduty", "0123abcd", tmp_path) == []
