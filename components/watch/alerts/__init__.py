"""Alert rules of a bridge, rendered from its settings, and who is notified. Pure.

`declared` and `recorded` are recording rules that do the joins, `rules/` the alerts with their runbooks. Used by
stack/monitoring and toolchain/. May import watch.metrics, the limits of watch.judging, topology, chain, settings and
domain.
"""
