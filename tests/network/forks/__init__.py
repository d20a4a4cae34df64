"""Forks of both chains of a bridge, on real nodes."""
