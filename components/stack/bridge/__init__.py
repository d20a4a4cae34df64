"""The bridge as Pulumi components: both sides, votes, the funds gate and tokens."""
