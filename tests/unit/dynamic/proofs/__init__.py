"""Tests of dynamic/proofs, without a machine."""
