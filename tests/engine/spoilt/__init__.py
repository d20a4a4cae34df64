"""Resources that a policy refuses, and some that it does not."""
