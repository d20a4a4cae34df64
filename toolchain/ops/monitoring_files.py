"""Files for a Prometheus, an Alertmanager and a Grafana of your own: rules, what to read, receivers, dashboards.

usage: pulumi stack export --show-secrets | python -m toolchain.ops.monitoring_files STACK OUT CONFIG
       python -m toolchain.ops.monitoring_files --boards OUT

CONFIG is a file with the output of `pulumi config --show-secrets --json`. Addresses are those in the state. No secret
is written: the configuration of Alertmanager names files for them.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from components.domain.problems.operations.state import CALLED_WRONGLY, NOT_MONITORED, STACK_NOT_UP
from components.domain.problems.problem import Message
from components.settings.model import Settings
from components.stack.load import settings_of
from components.topology.checks.configuration import BadSettings
from components.user_input import guard
from components.watch.alerts.routing import WEBHOOK, alertmanager
from components.watch.alerts.rules_file import rule_file
from components.watch.dashboards.boards import boards
from components.watch.monitor.scrape import Scraped, prometheus
from components.watch.targets import Targets
from toolchain.ops.state import targets_of

SECRETS = "secrets"
"""Folder of the files with secrets, beside the configuration of Alertmanager."""
HOOK = f"http://webhook.invalid/write-here-what-is-in-{WEBHOOK}"
"""In place of the URL of a webhook, which is a secret and which old Alertmanagers do not read from a file."""
RULES = "rules.yml"
_BOARDS_ONLY = "--boards"


def scraped(targets: Targets) -> list[Scraped]:
    """Return the machines in the state, with the addresses by which this computer reaches them."""
    pair_of = {name: pair.name for pair in targets.pairs for name in (pair.en, pair.scn)}
    return [Scraped(one.name, one.role, one.side, pair_of.get(one.name), one.endpoint.host) for one in targets.nodes]


def files(stack: str, settings: Settings, targets: Targets) -> dict[str, str]:
    """Return the files by their names."""
    own = settings.monitoring
    read = prometheus(scraped(targets), stack=stack, interval=own.interval, rule_files=[RULES])
    told = alertmanager(own.receivers, secrets=SECRETS, webhook=HOOK)
    rules = rule_file(settings, stack)
    written = {RULES: rules, "prometheus.yml": read, "alertmanager.yml": told}
    return {**{name: _yaml(document) for name, document in written.items()}, **board_files("dashboards/")}


def board_files(folder: str = "") -> dict[str, str]:
    """Return the dashboards by the names of their files."""
    return {f"{folder}{name}.json": json.dumps(board, indent=2) + "\n" for name, board in boards().items()}


def _yaml(document: Mapping[str, Any]) -> str:
    # Through JSON: YAML would show what stands twice in the document as a reference.
    return str(yaml.safe_dump(json.loads(json.dumps(document)), sort_keys=False, width=10_000, allow_unicode=True))


def write(folder: Path, made: Mapping[str, str]) -> None:
    """Write files below a folder. Raises OSError."""
    for name, text in made.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def main(stack: str, out: str, config: str = "") -> int:
    """Write the files of the stack whose export is on standard input; return the exit status."""
    try:
        if stack == _BOARDS_ONLY:
            write(Path(out), board_files())
            return 0
        if not out:
            return _failed(CALLED_WRONGLY("no folder given; use make monitoring OUT=folder"))
        values = {key: str(value["value"]) for key, value in json.loads(Path(config).read_text() or "{}").items()}
        targets, settings = targets_of(json.load(sys.stdin)), settings_of(values)
        if not targets.nodes:
            return _failed(STACK_NOT_UP("the state of the stack has no nodes; run make up first"))
        if not settings.monitored:
            return _failed(NOT_MONITORED("monitoring is off: set monitoring.enabled, and run make up first"))
        made = files(stack, settings, targets)
        write(Path(out), made)
    except BadSettings as error:
        return _failed(str(error))
    except OSError as error:
        return _failed(CALLED_WRONGLY(f"{out} cannot be written: {error.strerror}"))
    print(*(f"{out.rstrip('/')}/{name}" for name in made), sep="\n")
    return 0


def _failed(words: str | Message) -> int:
    print(guard.printable(f"error: {words}"), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
