"""Tests of dynamic/contracts, without a machine."""
