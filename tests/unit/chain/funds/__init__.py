"""Tests of chain/funds, without a machine."""
