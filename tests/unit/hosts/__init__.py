"""Tests of hosts, without a machine."""
