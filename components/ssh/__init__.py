"""SSH to machines, directly or through a bastion: login, connections, files and Unix sockets.

Used by chain.rpc, adoption/, dynamic/ and hosts/. May import domain; knows neither Pulumi nor chains.
"""
