"""Tests of components/watch/monitor."""
