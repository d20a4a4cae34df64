"""Tests of chain/validators, without a machine."""
