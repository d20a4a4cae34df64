"""Tests of chain/rpc, without a machine."""
