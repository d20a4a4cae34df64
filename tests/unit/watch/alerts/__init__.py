"""Tests of the alert rules, by promtool, and of routing, by amtool and a real Alertmanager."""
