"""Tests of settings, without a machine."""
