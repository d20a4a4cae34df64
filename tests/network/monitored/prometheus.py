"""The Prometheus of a stack as tests ask it."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.chain.rpc.waiting import wait_for

READ_SECONDS = 60.0


@dataclass(frozen=True)
class Prometheus:
    """It answers on its HTTP API. Raises OSError where it does not."""

    url: str

    def ask(self, path: str, **words: str) -> Any:
        """Return the data of an answer. Raises AssertionError with the reason of an error."""
        query = f"?{urllib.parse.urlencode(words)}" if words else ""
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{path}{query}", timeout=10) as answer:  # noqa: S310
                told = json.load(answer)
        except urllib.error.HTTPError as error:
            msg = f"{path} {words}: {error.read().decode()}"
            raise AssertionError(msg) from error
        assert told["status"] == "success", told
        return told["data"]

    def query(self, expression: str) -> Sequence[Mapping[str, Any]]:
        """Return the series that an expression gives now."""
        return list(self.ask("query", query=expression)["result"])

    def targets(self) -> dict[tuple[str, str], str]:
        """Return what is wrong with each target, by job and name of the machine; empty where it is up."""
        return {
            (one["labels"]["job"], one["labels"]["node"]): "" if one["health"] == "up" else one["lastError"] or "new"
            for one in self.ask("targets", state="active")["activeTargets"]
        }

    def rules(self) -> list[Mapping[str, Any]]:
        """Return all rules, with their health."""
        return [rule for group in self.ask("rules")["groups"] for rule in group["rules"]]

    def stages(self, names: Collection[str]) -> set[tuple[str, str]]:
        """Return name and severity of each rule of these alerts. Raises AssertionError where one has no rule."""
        found = {
            (rule["name"], rule["labels"]["severity"])
            for rule in self.rules()
            if rule["type"] == "alerting" and rule["name"] in names
        }
        assert {name for name, _ in found} == set(names)
        return found

    def firing(self) -> set[tuple[str, str]]:
        """Return name and severity of each alert that fires."""
        labels = (one["labels"] for one in self.ask("alerts")["alerts"] if one["state"] == "firing")
        return {(one["alertname"], one["severity"]) for one in labels}

    def wait_until_it_has_read(self, times: int) -> None:
        """Wait until each target was read so often."""

        def probe() -> bool | str:
            wrong = {name: why for name, why in self.targets().items() if why}
            if wrong:
                return str(wrong)
            counted = self.query("min(count_over_time(up[5m]))")
            return bool(counted and float(counted[0]["value"][1]) >= times) or "not read often enough"

        wait_for(probe, READ_SECONDS)
