"""Tests of the programs that watch the machines of a stack."""
