"""A network of seven real nodes in use: what it does, what it survives, what is seen of it."""
