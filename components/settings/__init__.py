"""What a stack can be configured to be: types of values, the model, and all rules. Pure."""
