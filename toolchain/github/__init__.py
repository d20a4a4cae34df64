"""What the workflows post to GitHub: the plan of a pull request, and the drift of a stack.

Standard library only, but for `compared`, which asks S3.
"""
