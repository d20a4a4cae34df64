"""Tests of chain/nodes, without a machine."""
