"""Tests of chain/contracts, without a machine."""
