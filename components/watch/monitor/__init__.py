"""The programs that watch a stack: what Prometheus reads, their command lines, files and units, and how to start them.

Pure. `stack/monitoring/` runs them on the machines of a stack. May import metrics, kaia and domain.
"""
