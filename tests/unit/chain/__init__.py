"""Tests of chain, without a machine."""
