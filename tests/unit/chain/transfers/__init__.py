"""Tests of chain/transfers, without a machine."""
