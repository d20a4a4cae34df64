"""What `make` does on a stack besides pulumi: drill, replace, look, rpc, sweep; and reading exported state."""
