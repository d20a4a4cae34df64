"""Tests of the drill, with machines, reports and transfers in memory."""
