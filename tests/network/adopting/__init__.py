"""Nodes that people made by hand, and what becomes of them in a stack. One set of them serves all tests here."""
