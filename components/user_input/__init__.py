"""What a user gave: files read as a stranger wrote them, and the guard that turns any fault of them into a sentence.

Reads local files; imports nothing of this program.
"""
