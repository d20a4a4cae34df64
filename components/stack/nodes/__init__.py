"""Nodes as Pulumi components: made or existing, and the EN and the SCN of a pair."""
