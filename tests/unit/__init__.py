"""Pure tests: no engine, no node, no network."""
