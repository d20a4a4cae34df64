"""The section `monitoring`: metrics, alerts and their receivers. Rules between values: settings/rules/monitoring.py."""

from ipaddress import IPv4Address
from typing import Annotated

from pydantic import AfterValidator, Field

from components.domain.ports import HTTPS_PORT, LAST_PORT
from components.domain.problems.settings import OUT_OF_RANGE
from components.settings.sections.aws import NamedCidr, Port
from components.settings.sections.existing import NodeFolder
from components.settings.values.types import FilePath, Flag, Form, Range, Section, Whole, shown

LONGEST_INTERVAL = 120
"""Seconds between readings. Prometheus forgets a value that is older than five minutes, and rates need two."""

LONGEST_RETENTION = 36_500
"""Days. Prometheus counts them in nanoseconds, and does not start with more than fit into 64 bits (106,751)."""


def _smarthost(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not 1 <= int(port) <= LAST_PORT:
        raise ValueError(OUT_OF_RANGE(f"{port} in {shown(value)} is no port; write 1 to {LAST_PORT}"))
    if not host.strip(".0123456789"):
        try:
            IPv4Address(host)
        except ValueError:
            raise ValueError(OUT_OF_RANGE(f"{host} in {shown(value)} is no address and no name")) from None
    return value


_MAIL = r"[^\s@,<>\"]+@[A-Za-z0-9.-]+"
Mail = Annotated[str, Form("e-mail address", _MAIL, "oncall@example.org")]
Smarthost = Annotated[
    str,
    AfterValidator(_smarthost),
    Form("mail server with its port", r"[A-Za-z0-9.-]+:[0-9]{1,5}", "smtp.example.org:587"),
]
Channel = Annotated[str, Form("Slack channel", r"[CDG][A-Z0-9]{7,20}|[#@]?[^\sA-Z\"#@<>,:]{1,80}", "#bridge-alerts")]
"""The id of a channel, or its name, which has no capitals and may be in any script."""
Runbooks = Annotated[str, Form("URL or path", r"[A-Za-z0-9_.:/~%+-]+", "https://example.org/runbooks")]
Account = Annotated[str, Form("user name", r"[^\s\"]+", "alerts")]


class Webhook(Section):
    """A program that takes alerts as JSON over HTTP."""

    url_file: FilePath = Field(examples=["secrets/webhook-url"])
    """File with the URL, which is a secret."""
    port: Port = HTTPS_PORT
    """Port of the URL. On AWS the monitor may open connections to this port; elsewhere nobody asks for it."""


class Email(Section):
    """Alerts by e-mail."""

    to: Mail
    """Who gets them."""
    sender: Mail = Field(alias="from", examples=["bridge@example.org"])
    """The sender address."""
    smarthost: Smarthost
    """The mail server that takes them, which has to offer STARTTLS."""
    username: Account | None = None
    """Who logs in to the mail server."""
    password_file: FilePath | None = Field(default=None, examples=["secrets/mail-password"])
    """File with the password of that user."""


class Slack(Section):
    """Alerts in a channel of Slack."""

    url_file: FilePath = Field(examples=["secrets/slack-url"])
    """File with the URL of an incoming webhook, which is a secret."""
    channel: Channel
    """The channel."""


class Pagerduty(Section):
    """Alerts as incidents of PagerDuty."""

    key_file: FilePath = Field(examples=["secrets/pagerduty-key"])
    """File with the integration key (Events API v2), which is a secret."""


class Receivers(Section):
    """Who is notified of alerts: every receiver that is given. Without any, only the monitor shows alerts.

    Each secret is in a file on this computer, and on the monitor in a file that only its Alertmanager can read.
    """

    webhook: Webhook | None = None
    email: Email | None = None
    slack: Slack | None = None
    pagerduty: Pagerduty | None = None


class Monitoring(Section):
    """Metrics of all nodes, and a machine `monitor` with Prometheus and Alertmanager. See monitoring.md."""

    enabled: Flag | None = Field(
        default=None, examples=[True], json_schema_extra={"x-default": "`true` where the target is local"}
    )
    """Whether there is a monitor, and nodes and machines serve metrics to it."""
    allowed: list[NamedCidr] = Field(default_factory=list, examples=[["203.0.113.0/24"]])
    """Networks that may open Prometheus (port 9090) and Alertmanager (port 9093) on the monitor; without any, only the
    monitor itself, for example through `ssh -L`. On AWS they have to reach its private address."""
    retention_days: Annotated[Whole, Range(1, LONGEST_RETENTION, "days")] = Field(default=30, examples=[90])
    """How many days Prometheus keeps what it has read."""
    interval: Annotated[Whole, Range(5, LONGEST_INTERVAL, "seconds")] = Field(default=15, examples=[30])
    """Seconds from one reading to the next, of nodes and of machines."""
    runbooks: Runbooks = Field(default="docs", examples=["https://example.org/runbooks"])
    """Where the runbook of an alert is: the beginning of its URL, or a path."""
    receivers: Receivers = Receivers()
    textfiles: NodeFolder | None = Field(default=None, examples=["/var/lib/prometheus/node-exporter"])
    """On existing machines that run a node_exporter already: the folder of its textfile collector, on all of them."""
