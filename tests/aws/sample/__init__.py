"""A small program of every resource that the test plugin knows."""
