"""Tests of dynamic/secrets, without a machine."""
