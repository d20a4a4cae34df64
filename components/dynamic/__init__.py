"""Dynamic providers of Pulumi, one file per kind of tracked resource; `providers` has their names in the state.

Resource classes are used by stack/ and hosts/. May import chain, adoption, topology, kaia, ssh and domain. What needs
web3 is imported inside the verbs of a provider: the program itself runs at every preview and needs none of it.
"""
