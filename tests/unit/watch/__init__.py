"""Tests of what is read of a live bridge, and of what it means."""
