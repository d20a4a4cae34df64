"""Nodes that exist already: which of their files the bridge needs changed, and how that is undone. Knows no Pulumi."""
