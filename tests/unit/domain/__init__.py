"""Tests of domain, without a machine."""
