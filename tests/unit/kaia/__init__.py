"""Tests of kaia, without a machine."""
