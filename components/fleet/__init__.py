"""Machines in plain words: what they are, where each goes, and who may reach whom. Pure, and knows no bridge."""
