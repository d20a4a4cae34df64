"""Tests of user_input, without a machine."""
