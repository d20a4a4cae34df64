"""Tests of stack, without a machine."""
