"""The parent chain and the ServiceChain as Pulumi components."""
