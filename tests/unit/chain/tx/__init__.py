"""Tests of chain/tx, without a machine."""
