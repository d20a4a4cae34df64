"""Tests of dynamic/tokens, without a machine."""
