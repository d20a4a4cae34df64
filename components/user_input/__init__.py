"""Input of a user: files that are read with limits, and the guard that turns their faults into messages.

Used wherever a setting names a file. Reads local files, and the identity seed from AWS; may import domain.
"""
