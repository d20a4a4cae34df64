"""SSH to machines, directly or through a bastion. Knows neither Pulumi nor chains."""
