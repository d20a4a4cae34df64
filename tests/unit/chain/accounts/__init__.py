"""Tests of chain/accounts, without a machine."""
