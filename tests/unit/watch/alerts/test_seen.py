"""Every alert was seen to fire on real nodes, or it is said why not."""

from pathlib import Path

from tests.network.monitored import causes
from tests.unit.watch.alerts.test_rules import all_alerts

STORY = Path(causes.__file__).with_name("test_real_causes.py")


def test_each_alert_is_seen_by_one_test_or_has_a_reason() -> None:
    seen = [name for names in causes.SEEN.values() for name in names]
    assert sorted([*seen, *causes.NOT_SEEN]) == sorted({one.name for one in all_alerts()})


def test_what_cannot_be_produced_is_not_seen() -> None:
    assert {one.name for one in all_alerts() if not one.producible} <= causes.NOT_SEEN.keys()


def test_each_test_exists() -> None:
    text = STORY.read_text()
    for name in causes.SEEN:
        assert f"def {name}(" in text
        assert f'SEEN["{name}"]' in text
