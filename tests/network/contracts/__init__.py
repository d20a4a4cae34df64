"""A network of seven real nodes whose owners, tokens and thresholds change. It ends half dead, and is destroyed so."""
