"""What stops the setup of this checkout.

Numbers 800 to 899.
"""
