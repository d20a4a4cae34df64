"""The whole program under Pulumi's mocks: what it asks for, without an engine."""
