"""Who is notified of which alerts, and how often: the configuration of Alertmanager. Pure.

Secrets are in files, whose paths are here. Alertmanager 0.25 takes the URL of a webhook in its configuration only, so
with a webhook the configuration is a secret itself.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from components.settings.sections.monitoring import Receivers
from components.watch.alerts.inhibition import inhibitions

WEBHOOK, SLACK, PAGERDUTY, PASSWORD = "webhook-url", "slack-url", "pagerduty-key", "email-password"
"""Names of the files with secrets."""
ALL, NOBODY = "all", "nobody"
"""Receivers: everybody that is configured, or nobody. Then alerts are only shown."""

_TITLE = "{{ .Status | toUpper }} {{ .CommonLabels.severity }} {{ .GroupLabels.stack }}: {{ len .Alerts }}"
_TEXT = (
    "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.description }}\n{{ .Annotations.runbook_url }}\n\n"
    "{{ end }}"
)


def alertmanager(receivers: Receivers, *, secrets: str, webhook: str) -> dict[str, Any]:
    """Return the configuration.

    `secrets`: the folder with the files; `webhook`: the URL of the webhook, used where one is configured.
    """
    told = {kind: [one] for kind, one in _told(receivers, secrets, webhook)}
    first = ALL if told else NOBODY
    return {
        # One message per stack and severity: what comes together has one cause more often than not.
        "route": {
            "receiver": first,
            "group_by": ["stack"],
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": "12h",
            "routes": [
                {
                    "matchers": ['severity="critical"'],
                    "receiver": first,
                    "group_wait": "10s",
                    "group_interval": "1m",
                    "repeat_interval": "1h",
                }
            ],
        },
        "inhibit_rules": list(inhibitions()),
        "receivers": [{"name": first, **told}],
    }


def _told(receivers: Receivers, secrets: str, webhook: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the kind of each receiver, and how it is notified. All are also notified when an alert is resolved."""
    over = {"send_resolved": True}
    if receivers.webhook:
        yield "webhook_configs", {"url": webhook, **over}
    if mail := receivers.email:
        login: dict[str, str] = {"auth_username": mail.username} if mail.username else {}
        if mail.password_file:
            login["auth_password_file"] = f"{secrets}/{PASSWORD}"
        yield (
            "email_configs",
            {
                "to": mail.to,
                "from": mail.sender,
                "smarthost": mail.smarthost,
                **login,
                "headers": {"Subject": _TITLE},
                "text": _TEXT,
                **over,
            },
        )
    if slack := receivers.slack:
        yield (
            "slack_configs",
            {
                "api_url_file": f"{secrets}/{SLACK}",
                "channel": slack.channel,
                "title": _TITLE,
                "text": _TEXT,
                **over,
            },
        )
    if receivers.pagerduty:
        yield (
            "pagerduty_configs",
            {
                "routing_key_file": f"{secrets}/{PAGERDUTY}",
                "severity": "{{ .CommonLabels.severity }}",
                "description": _TITLE,
                "details": {"alerts": _TEXT},
                **over,
            },
        )
