"""Tests of dynamic/nodes, without a machine."""
