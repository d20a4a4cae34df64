"""Faults that were seen on real nodes; a folder for each topic, with a network of its own."""
