"""The alerts by what they are about, each with its sentence and its runbook. Pure.

Used by watch.alerts.rules_file. May import watch.alerts.recorded and what is below it.
"""
