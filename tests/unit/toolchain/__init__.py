"""Tests of toolchain, without a machine."""
