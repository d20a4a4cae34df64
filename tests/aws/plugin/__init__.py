"""The test-only `aws` plugin: `server` speaks with the engine, one file a topic speaks with EC2 and CloudWatch."""
