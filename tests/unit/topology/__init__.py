"""Tests of topology, without a machine."""
