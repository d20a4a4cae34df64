"""Calls to services of AWS, wherever AWS_ENDPOINT_URL says that they are, and what kinds with tags share."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from tests.aws.plugin.kind import Gone, Kind, Refused
from tests.aws.plugin.values import Properties

__all__ = ["AwsKind", "Call", "Cloud", "pairs", "tagged"]

Call = Callable[..., Any]
"""ec2("create_vpc", CidrBlock="10.0.0.0/16"). What is None is not sent. Raises Gone or Refused with AWS's words."""


_GONE = ("NotFound", "NotFoundException", "NoSuchEntity")
"""How codes of errors end that mean that something is not there."""


class Cloud:
    """One region of an account."""

    def __init__(self, region: str | None) -> None:
        self._region = region

    @cached_property
    def ec2(self) -> Call:
        """Return EC2."""
        return _service("ec2", self._region)

    @cached_property
    def cloudwatch(self) -> Call:
        """Return CloudWatch."""
        return _service("cloudwatch", self._region)

    @cached_property
    def iam(self) -> Call:
        """Return IAM."""
        return _service("iam", self._region)

    @cached_property
    def dlm(self) -> Call:
        """Return Amazon Data Lifecycle Manager."""
        return _service("dlm", self._region)

    @cached_property
    def logs(self) -> Call:
        """Return the logs of CloudWatch."""
        return _service("logs", self._region)

    def refuse_other_accounts(self, allowed: list[str]) -> None:
        """Raise Refused if this is none of the accounts that are allowed."""
        account = _service("sts", self._region)("get_caller_identity")["Account"]
        if account not in allowed:
            sentence = f"AWS account ID not allowed: {account}"
            raise Refused(sentence)

    def arn(self, owner: str, kind: str, identity: str) -> str:
        """Return the ARN of something of EC2."""
        return f"arn:aws:ec2:{self._region}:{owner}:{kind}/{identity}"


class AwsKind(Kind):
    """A kind of resource of EC2 which may have tags."""

    resource_type: ClassVar[str]
    """By which EC2 knows it in tag specifications and ARNs."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def ec2(self, operation: str, **parameters: Any) -> Any:
        """Call EC2."""
        return self.cloud.ec2(operation, **parameters)

    def tags(self, inputs: Properties) -> list[dict[str, Any]] | None:
        """Return the tag specifications for a creation."""
        tags = inputs.get("tags")
        return [{"ResourceType": self.resource_type, "Tags": pairs(tags)}] if tags else None

    def retag(self, identity: str, old: Properties, new: Properties) -> None:
        """Change the tags from those of old to those of new properties."""
        before, after = old.get("tags") or {}, new.get("tags") or {}
        if lost := [{"Key": name} for name in before if name not in after]:
            self.ec2("delete_tags", Resources=[identity], Tags=lost)
        if after and before != after:
            self.ec2("create_tags", Resources=[identity], Tags=pairs(after))

    def common(self, identity: str, live: Properties) -> Properties:
        """Return the ARN, owner and tags of something that was described."""
        owner = live.get("OwnerId", "")
        return {"arn": self.cloud.arn(owner, self.resource_type, identity), "ownerId": owner, **tagged(live)}


def pairs(tags: Properties) -> list[dict[str, str]]:
    """Return tags as the API wants them."""
    return [{"Key": name, "Value": value} for name, value in tags.items()]


def tagged(live: Properties, listed: str = "Tags") -> Properties:
    """Return the tags of something that was described, as properties."""
    tags = {tag["Key"]: tag["Value"] for tag in live.get(listed) or [] if not tag["Key"].startswith("aws:")}
    return {"tags": tags, "tagsAll": tags}


def _service(name: str, region: str | None) -> Call:
    # Loaded when there is something to call: a preview of new resources has nothing, and this takes a second.
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(retries={"total_max_attempts": 2}, connect_timeout=5, read_timeout=30)
    client: Any = boto3.client(name, region_name=region, config=config)

    def call(operation: str, **parameters: Any) -> Any:
        try:
            return getattr(client, operation)(**{key: value for key, value in parameters.items() if value is not None})
        except ClientError as error:
            code: str = error.response["Error"]["Code"]
            raise (Gone if code.endswith(_GONE) else Refused)(str(error)) from None
        except BotoCoreError as error:
            raise Refused(str(error)) from None

    return call
