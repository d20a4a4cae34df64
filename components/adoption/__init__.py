"""Nodes that exist already: what of their files the bridge needs otherwise, and how that is undone. Knows no Pulumi."""
