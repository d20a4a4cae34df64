"""Tests of chain/tokens, without a machine."""
