"""Every alert was seen to fire on real nodes, or it is said why not."""

from pathlib import Path

from tests.network.monitored import causes
from tests.unit.watch.alerts.test_rules import all_alerts

FOLDER = Path(causes.__file__).parent
WORDS = 5
"""A reason has more of them."""


def test_each_alert_is_seen_by_one_test_or_has_a_reason() -> None:
    seen = [name for names in causes.SEEN.values() for name in names]
    assert sorted([*seen, *causes.NOT_SEEN]) == sorted({one.name for one in all_alerts()})


def test_what_no_test_has_seen_cannot_be_produced_and_the_reason_is_said() -> None:
    impossible = {one.name: one.cause for one in all_alerts() if not one.producible}
    assert impossible.keys() == causes.NOT_SEEN.keys()
    for name, reason in causes.NOT_SEEN.items():
        assert len(reason.split()) > WORDS
        assert impossible[name].startswith("cannot: ")


def test_each_test_exists_and_waits_for_its_alerts() -> None:
    stories = [path.read_text() for path in FOLDER.glob("test_*.py")]
    for name in causes.SEEN:
        (text,) = [text for text in stories if f"def {name}(" in text]
        assert f'SEEN["{name}"]' in text
