"""Tests: unit (pure), engine (the real Pulumi engine), network (real nodes)."""
