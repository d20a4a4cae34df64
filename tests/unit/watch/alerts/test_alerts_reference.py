"""The reference of alerts: it is current, and has the runbook of every alert at the anchor that its URL names."""

import pytest

from components.watch.alerts.alert import Alert
from tests.unit.test_docs import anchors
from tests.unit.watch.alerts.test_rules import all_alerts
from toolchain.docs.alerts_reference import FILE, TITLES, by_noun, render


def test_it_is_current() -> None:
    assert FILE.read_text() == render(), "the alerts have changed: run `make docs`"


@pytest.mark.parametrize("alert", all_alerts(), ids=lambda one: f"{one.name}-{one.severity}")
def test_every_alert_has_its_runbook_at_its_anchor(alert: Alert) -> None:
    assert alert.anchor in anchors(FILE)
    assert alert.rule("docs")["annotations"]["runbook_url"].endswith(f"/{FILE.name}#{alert.anchor}")
    section = render().split(f"### {alert.name}\n")[1].split("\n### ")[0]
    book = alert.runbook
    for part in (book.symptom, book.check, book.repair, book.escalation):
        assert part in section
        assert part.endswith((".", "?"))


def test_every_alert_says_what_makes_it_fire_or_why_nothing_can() -> None:
    for alert in all_alerts():
        assert alert.cause
        assert alert.cause.startswith("cannot: ") is not alert.producible


def test_severities_of_one_alert_share_their_runbook() -> None:
    for names in by_noun().values():
        for some in names.values():
            assert len({one.runbook for one in some}) == 1
            assert len({one.hold for one in some}) == 1


def test_every_noun_has_a_title_and_alerts() -> None:
    assert by_noun().keys() == TITLES.keys()
    assert all(by_noun().values())
