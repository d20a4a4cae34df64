"""Tests of dynamic/validators, without a machine."""
