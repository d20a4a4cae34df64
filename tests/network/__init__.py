"""Tests on hosts and nodes that run for real on this machine."""
