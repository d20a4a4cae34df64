"""Readings of a live bridge and what they mean: of every node, pair, contract, direction and balance. Sends nothing.

`targets` says what to read, from a stack's state; `reading/` reads it, all at once; `judging/` judges what was read,
and `rows` makes the `report`, which is stable. For Prometheus there are series, `metrics/`, rules, `alerts/`, boards,
`dashboards/`, and programs, `monitor/`. Used by toolchain/, and may be used by dynamic/. May import chain,
topology, settings and domain.
"""
