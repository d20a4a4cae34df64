"""Tests of the series for Prometheus, and of the exporter that reads them from a node."""
