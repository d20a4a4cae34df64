"""Dashboards of Grafana for a user's own Grafana, as plain dicts. Pure.

They show what the rule file records, so that nothing old is shown, and what node_exporter and the nodes report. Used by
toolchain/. May import watch.alerts and watch.metrics.
"""
