"""Tests of adoption, without a machine."""
