"""The program: a highly available bridge between a ServiceChain and its parent chain, as packages in layers.

__main__.py imports stack/ alone. Each package imports only packages below it; pyproject.toml has the order.
"""
