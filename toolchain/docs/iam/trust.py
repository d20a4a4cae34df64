"""Who may take a role: a job of GitHub in one environment, so that its protection rules decide. Pure.

OWNER/REPOSITORY stands for the repository. Source: GitHub's and AWS's pages about OpenID Connect; the subject of a job
with an environment is repo:OWNER/REPOSITORY:environment:NAME.
"""

from collections.abc import Mapping
from typing import Any

from toolchain.docs.iam.policies import VERSION

ISSUER = "token.actions.githubusercontent.com"
ENVIRONMENTS = ("preview", "drift", "teardown", "up")
"""Each has a role of its own. No workflow of this repository uses `up`: it is for one of your own."""


def trust() -> Mapping[str, dict[str, Any]]:
    """Return the trust policies by name."""
    return {f"trust-{environment}": _trusting(environment) for environment in ENVIRONMENTS}


def _trusting(environment: str) -> dict[str, Any]:
    subject = f"repo:OWNER/REPOSITORY:environment:{environment}"
    condition = {"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": subject}}
    statement = {
        "Sid": "JobsInTheEnvironment",
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{ISSUER}"},
        "Action": ["sts:AssumeRoleWithWebIdentity"],
        "Condition": condition,
    }
    return {"Version": VERSION, "Statement": [statement]}
