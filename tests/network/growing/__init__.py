"""A network of seven real nodes whose pairs, machines and node packages change."""
