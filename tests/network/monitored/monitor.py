"""The machine of a stack with Prometheus and Alertmanager, as tests change it."""

import json
import re
from collections.abc import Mapping
from types import MappingProxyType

from components.ssh import connection
from components.ssh.login import Login
from components.watch.monitor.folder import MonitoringFolder
from tests.network.network import Network

FOLDER = MonitoringFolder("/srv")
RULES = "rules.yml"


class Monitor:
    """The machine with Prometheus and Alertmanager."""

    def __init__(self, network: Network) -> None:
        self.programs = network.stack.of_type("MonitoringProcess")

    def ask(self, command: str, stdin: str | None = None) -> str:
        """Run a command there and return what it prints."""
        login = Login.model_validate(self.programs["monitor-prometheus"]["login"])
        return connection.run(login, command, stdin, timeout=30)

    def rewrite(self, service: str, name: str, text: str) -> None:
        """Replace a file of a program, which reads it again."""
        self.ask(f"cat >{FOLDER.of(service)}/{name}", text)
        self.ask(self.programs[f"monitor-{service}"]["reload"])

    def hasten(self, windows: Mapping[str, tuple[str, str]] = MappingProxyType({})) -> None:
        """Have every alert fire after ten seconds; what has to be true for it stays as shipped, but for `windows`.

        `windows`: by alert, the time over which its expression looks back, as shipped and as it is to be.
        """
        rules = json.loads(self.rules())
        for rule in (rule for group in rules["groups"] for rule in group["rules"] if "alert" in rule):
            rule["for"] = "10s"
            if rule["alert"] in windows:
                rule["expr"] = _shortened(rule["expr"], *windows[rule["alert"]])
        self.rewrite("prometheus", RULES, json.dumps(rules))

    def rules(self) -> str:
        """Return the rule file of Prometheus."""
        return self.ask(f"cat {FOLDER.of('prometheus')}/{RULES}")


def _shortened(expression: str, shipped: str, wanted: str) -> str:
    """Return an expression that looks back over another time. Raises AssertionError where it does not look so far."""
    found = rf"(?<=\[){shipped}(?=\])|(?<= offset ){shipped}\b"
    assert re.search(found, expression), (shipped, expression)
    return re.sub(found, wanted, expression)
