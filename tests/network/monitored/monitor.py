"""The machine of a stack with Prometheus and Alertmanager, as tests change it."""

import json

from components.ssh import connection
from components.ssh.login import Login
from components.watch.monitor.folder import MonitoringFolder
from tests.network.network import Network

FOLDER = MonitoringFolder("/srv")


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

    def hasten(self) -> None:
        """Have every alert fire after ten seconds; what has to be true for it stays as shipped."""
        rules = json.loads(self.ask(f"cat {FOLDER.of('prometheus')}/rules.yml"))
        for rule in (rule for group in rules["groups"] for rule in group["rules"] if "alert" in rule):
            rule["for"] = "10s"
        self.rewrite("prometheus", "rules.yml", json.dumps(rules))
