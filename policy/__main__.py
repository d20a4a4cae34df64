"""The policy pack of a bridge: pulumi preview --policy-pack policy. See docs/policies.md."""

from servicechain_policy.pack import make

make()
