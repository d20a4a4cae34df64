"""Votes that go while others are needed, votes that set fees, and what a bridge says of itself."""
