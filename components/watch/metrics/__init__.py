"""Metrics of a live bridge: the catalogue of all series, and the exporter that runs on each node's machine. Pure.

The modules `…_series` name every series that rules and dashboards use. The exporter is a script of the standard library
that is shipped to machines; `exporter_file` makes its text and its configuration. May import watch.targets and domain;
the modules of the script import nothing but each other.
"""
