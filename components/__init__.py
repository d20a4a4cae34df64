"""A highly available bridge between a ServiceChain and its parent chain, as Pulumi components."""
