"""What watches the stack: programs on each node's machine, and the machine `monitor`. The bridge waits for none of it.

Used by __main__.py and outputs. May import bridge and what is below it.
"""
