"""What a node is: identity, genesis, conf, package, files. Rendering is pure; only node.py knows Pulumi."""
