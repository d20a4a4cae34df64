"""The policies of IAM and KMS in docs/aws, from the calls that were recorded: `make docs` runs `iam.write`."""
