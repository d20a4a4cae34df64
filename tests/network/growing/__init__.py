"""A network of seven real nodes whose pairs and machines come, go and are made anew."""
