"""Tests of chain/voters, without a machine."""
