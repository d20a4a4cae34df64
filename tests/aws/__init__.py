"""AWS for tests: moto with the refusals of EC2, and an `aws` plugin for the real Pulumi engine that speaks to it."""
