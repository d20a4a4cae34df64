"""Tests of ssh, without a machine."""
