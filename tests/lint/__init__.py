"""The checks that need no running node, beside the tests."""
