"""Tests of dynamic/machines, without a machine."""
