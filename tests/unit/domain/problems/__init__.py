"""Tests of the problems that users can meet, and of their codes."""
