"""Where a node runs: machines behind one small interface."""
