"""Programs that watch the machines of a stack. Nothing of the bridge waits for them.

May import watch, ssh and dynamic.base. Used by stack/.
"""
