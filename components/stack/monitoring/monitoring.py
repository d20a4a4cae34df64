"""Monitoring: what serves metrics on each machine of the stack, and the machine that reads them and notifies people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pulumi

from components.domain.networks import Side
from components.domain.ports import ALERTMANAGER_PORT, MACHINE_METRICS_PORT, METRICS_PORT, PROMETHEUS_PORT
from components.domain.roles import MONITOR, SIDE_OF, Role
from components.dynamic.monitoring.monitoring_process import shipped
from components.hosts.host import Host, Hosts
from components.kaia.layout import SERVICE_USER
from components.settings.model import Settings
from components.stack import receivers
from components.stack.bridge.bridge import Bridge
from components.stack.bridge.bridge_pair import BridgePair
from components.stack.bridge.tokens import Tokens
from components.stack.chains.parent_chain import ParentChain
from components.stack.chains.service_chain import ServiceChain
from components.stack.monitoring.observed import Declared
from components.stack.monitoring.process import as_json, closed, installed, process, written
from components.stack.nodes.existing_node import AnyNode
from components.watch.alerts.routing import WEBHOOK, alertmanager
from components.watch.alerts.rules_file import rule_file
from components.watch.monitor import packages, programs, scrape
from components.watch.monitor.folder import MonitoringFolder
from components.watch.monitor.scrape import Scraped


@dataclass(frozen=True)
class WatchedNode:
    """A node that is monitored."""

    node: AnyNode
    role: Role
    pair: str | None = None

    @property
    def side(self) -> Side:
        """Return its chain."""
        return SIDE_OF[self.role]


class MonitoringPart(pulumi.ComponentResource):
    """All of it. Only its own parts wait for it, so a bridge is there without it."""

    def __init__(
        self,
        settings: Settings,
        hosts: Hosts,
        nodes: Sequence[WatchedNode],
        declared: Declared,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("servicechain:index:Monitoring", "monitoring", None, opts)
        self._settings = settings
        exporters = [self._on_node(watched, declared) for watched in nodes]
        self._monitor = hosts.host(MONITOR, pulumi.ResourceOptions(parent=self))
        self._on_monitor(self._monitor, nodes, exporters)
        ports = {"prometheus": PROMETHEUS_PORT, "alertmanager": ALERTMANAGER_PORT}
        address = pulumi.Output.from_input(self._monitor.address if self._is_open else scrape.HERE)
        self.urls: Mapping[str, pulumi.Output[str]] = {
            name: address.apply(partial(programs.url, port)) for name, port in ports.items()
        }
        """Where Prometheus and Alertmanager are opened; on the monitor itself where nobody else may."""
        self.register_outputs({"monitor": self._monitor.address})

    def _on_node(self, watched: WatchedNode, declared: Declared) -> pulumi.Resource:
        """Serve the metrics of a node's machine; those that only its console has come once the bridge is there.

        Returns the exporter.
        """
        node, host, own = watched.node, watched.node.host, self._settings.monitoring
        folder, textfiles = MonitoringFolder(host.root), own.textfiles
        if self._settings.target == "existing":
            ports = [METRICS_PORT] if textfiles else [METRICS_PORT, MACHINE_METRICS_PORT]
            readers = [f"{self._settings.address_of_monitor}/32", *own.allowed]
            closed(host, dict.fromkeys(ports, readers), self)
        ready = self._installed(host, packages.NODE_PROGRAMS)
        if textfiles is None:
            process(host, programs.node_exporter(folder), self, after=ready)
        script, config = programs.exporter_files(folder)
        told = declared.exporter(node, watched.side, folder.prom)
        user = SERVICE_USER if host.service == "systemd" else None
        watcher = programs.exporter(folder, node=node.name, user=user, every=own.interval, textfiles=textfiles)
        files: Mapping[str, pulumi.Input[Mapping[str, object]]] = {
            script: {"shipped": shipped("exporter"), "restarts": True},
            config: told.apply(lambda known: written(as_json(known))),
        }
        return process(host, watcher, self, files, after=ready)

    def _on_monitor(self, host: Host, nodes: Sequence[WatchedNode], exporters: Sequence[pulumi.Resource]) -> None:
        """Read all machines. Other rules or targets are read again, without a restart.

        Prometheus gets its targets and rules after the exporters: alerts on what is not read yet would fire in an up.
        """
        folder, own = MonitoringFolder(host.root), self._settings.monitoring
        if self._settings.target == "existing":
            opened = {PROMETHEUS_PORT: own.allowed, ALERTMANAGER_PORT: own.allowed, MACHINE_METRICS_PORT: ()}
            closed(host, opened, self)
        ready = self._installed(host, packages.MONITOR_PROGRAMS)
        process(host, programs.node_exporter(folder), self, after=ready)
        listens = programs.ANY if self._is_open else scrape.HERE
        config, rules = (f"{folder.of('prometheus')}/{name}" for name in ("prometheus.yml", "rules.yml"))
        addresses = pulumi.Output.all(*(watched.node.host.address for watched in nodes), host.address)
        process(
            host,
            programs.prometheus(folder, address=listens, retention_days=own.retention_days),
            self,
            {
                config: addresses.apply(lambda known: written(as_json(self._scrape(nodes, known, rules)))),
                rules: written(as_json(rule_file(self._settings, pulumi.get_stack()))),
            },
            after=[*ready, *exporters],
        )
        known, secrets = receivers.secrets(own), f"{folder.of('alertmanager')}/secrets"
        routes = alertmanager(own.receivers, secrets=secrets, webhook=known.get(WEBHOOK, ""))
        told = {f"{secrets}/{name}": text for name, text in known.items() if name != WEBHOOK}
        told[f"{folder.of('alertmanager')}/alertmanager.yml"] = as_json(routes)
        process(
            host,
            programs.alertmanager(folder, address=listens, retention_days=own.retention_days),
            self,
            secret_files={path: written(text, mode="0600", private=True) for path, text in told.items()},
            after=ready,
        )

    def _installed(self, host: Host, names: Sequence[str]) -> Sequence[pulumi.Resource]:
        """Install programs on a machine that the stack makes from an image. On others their owner has done so."""
        return [installed(host, names, self)] if self._settings.target == "aws" else []

    @property
    def _is_open(self) -> bool:
        """Whether Prometheus and Alertmanager can be opened from elsewhere than their own machine."""
        return self._settings.target == "local" or bool(self._settings.monitoring.allowed)

    def _scrape(self, nodes: Sequence[WatchedNode], addresses: Sequence[str], rules: str) -> Mapping[str, Any]:
        """Return the configuration of Prometheus. `addresses`: of the nodes in their order, then of the monitor."""
        *of_nodes, own = addresses
        targets = [
            Scraped(watched.node.name, watched.role, watched.side, watched.pair, address)
            for watched, address in zip(nodes, of_nodes, strict=True)
        ]
        return scrape.prometheus(
            [*targets, Scraped(MONITOR, MONITOR, None, None, own)],
            stack=pulumi.get_stack(),
            interval=self._settings.monitoring.interval,
            rule_files=[rules],
        )


def monitoring(
    settings: Settings,
    hosts: Hosts,
    parent_chain: ParentChain,
    pairs: Sequence[BridgePair],
    service_chain: ServiceChain,
    bridge: Bridge,
    tokens: Tokens | None,
) -> MonitoringPart | None:
    """Return what watches the stack; None where the settings turn it off."""
    if not settings.monitored:
        return None
    pair_of = {pair.scn: pair.name for pair in pairs}
    nodes = [
        *([WatchedNode(parent_chain.validator, "validator")] if parent_chain.validator else []),
        *(WatchedNode(node, "scn", pair_of.get(name)) for name, node in service_chain.nodes.items()),
        *(WatchedNode(pair.en, "en", pair.name) for pair in pairs),
    ]
    return MonitoringPart(settings, hosts, nodes, Declared(settings, bridge, pairs, tokens))
