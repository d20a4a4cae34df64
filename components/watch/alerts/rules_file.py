"""The rule file of Prometheus for one stack: recording rules first, then the alerts in groups by their noun. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from components.settings.model import Settings
from components.watch.alerts.alert import Alert
from components.watch.alerts.promql import Scope
from components.watch.alerts.recorded import recorded
from components.watch.alerts.rules.chains import chain_alerts
from components.watch.alerts.rules.contracts import contract_alerts
from components.watch.alerts.rules.machines import machine_alerts
from components.watch.alerts.rules.nodes import node_alerts
from components.watch.alerts.rules.operators import operator_alerts
from components.watch.alerts.rules.pairs import pair_alerts
from components.watch.alerts.rules.transfers import transfer_alerts

NOUNS: Mapping[str, Callable[[Scope], Iterable[Alert]]] = {
    "transfers": transfer_alerts,
    "pairs": pair_alerts,
    "operators": operator_alerts,
    "contracts": contract_alerts,
    "chains": chain_alerts,
    "nodes": node_alerts,
    "machines": machine_alerts,
}
"""In the order of docs/alerts.md: what users notice comes first."""


def alerts(scope: Scope) -> dict[str, list[Alert]]:
    """Return all alerts, by their noun."""
    return {noun: list(of_noun(scope)) for noun, of_noun in NOUNS.items()}


def rule_file(settings: Settings, stack: str) -> dict[str, Any]:
    """Return the rule file of a stack. Names of groups have the stack in them: a Prometheus may watch several."""
    scope = Scope(stack, settings)
    groups = [{"name": f"servicechain-{stack}-{name}", "rules": list(rules)} for name, rules in recorded(scope)]
    for noun, found in alerts(scope).items():
        rules = [alert.rule(settings.monitoring.runbooks) for alert in found]
        groups.append({"name": f"servicechain-{stack}-{noun}", "rules": rules})
    return {"groups": groups}
