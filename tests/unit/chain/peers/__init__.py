"""Tests of chain/peers, without a machine."""
