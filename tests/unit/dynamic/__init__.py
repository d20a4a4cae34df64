"""Tests of dynamic, without a machine."""
