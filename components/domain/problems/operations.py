"""What stops a run or a command of the Makefile: state, drill, replace, rpc, down, sweep.

Numbers 600 to 699.
"""
