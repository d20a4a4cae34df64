"""Tests of stack/nodes, without a machine."""
