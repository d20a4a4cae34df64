"""The account of AWS that a stack uses: what it answers, and in words why it does not.

The program asks before it registers anything, because an error of the provider plugin names no setting. boto3 finds
credentials in the same places as the plugin: environment, profile, single sign-on, role.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import boto3.session
from botocore import exceptions
from botocore.config import Config

from components.domain.problems.accounts import AWS_SETTINGS
from components.domain.problems.aws.account import AWS_DENIED, AWS_SILENT
from components.domain.problems.problem import CodedError, Message

_PATIENCE = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 4})
_BAD_LOGIN = {
    *("AuthFailure", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "InvalidClientTokenId"),
    *("RequestExpired", "SignatureDoesNotMatch", "UnrecognizedClientException", "InvalidAccessKeyId"),
}
"""Codes of AWS for credentials that are wrong or have expired."""
_LOG_IN = "log in to AWS (`aws sso login`), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"


class AwsRefusal(CodedError):
    """AWS did not answer a question."""

    def __init__(self, message: Message, code: str = "", action: str = "") -> None:
        """`code`: that of AWS, such as UnauthorizedOperation; empty if it was not reached. `action`: as IAM has it."""
        super().__init__(message)
        self.message, self.code, self.action = message, code, action


class AwsAccount:
    """One region of an account. What several checks look at is asked for once."""

    def __init__(self, region: str) -> None:
        self.region = region

    def ask(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """Return the answer to a question such as ("ec2", "describe_images"). Raises AwsRefusal."""
        action = f"{service.replace('-', '')}:{re.sub(r'(?:^|_)([a-z])', lambda found: found[1].upper(), operation)}"
        try:
            client = self._session.client(service, config=_PATIENCE)
            try:
                return dict(getattr(client, operation)(**parameters))
            finally:
                client.close()
        except exceptions.ClientError as error:
            raise _refusal(action, error) from None
        except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
            words = (
                f"servicechain-ha:aws.region: AWS does not answer {action} in {self.region} ({_line(error)}); check "
                "the region and the network of this computer"
            )
            raise AwsRefusal(AWS_SILENT(words), action=action) from None
        except exceptions.BotoCoreError as error:
            words = f"AWS cannot be asked, because there are no usable credentials ({_line(error)}); {_LOG_IN}"
            raise AwsRefusal(AWS_SETTINGS(words), action=action) from None

    @cached_property
    def running(self) -> Sequence[Mapping[str, Any]]:
        """Return the instances that run or start, of everybody in the region. Raises AwsRefusal."""
        up = {"Name": "instance-state-name", "Values": ["pending", "running"]}
        found = self.ask("ec2", "describe_instances", Filters=[up])["Reservations"]
        return [one for reservation in found for one in reservation["Instances"]]

    @cached_property
    def addresses(self) -> Sequence[Mapping[str, Any]]:
        """Return the public addresses of everybody in the region. Raises AwsRefusal."""
        return [*self.ask("ec2", "describe_addresses")["Addresses"]]

    @cached_property
    def _session(self) -> boto3.session.Session:
        return boto3.session.Session(region_name=self.region)


def _refusal(action: str, error: exceptions.ClientError) -> AwsRefusal:
    told = error.response.get("Error", {})
    code, words = str(told.get("Code", "")), str(told.get("Message", ""))
    if code in _BAD_LOGIN:
        return AwsRefusal(AWS_SETTINGS(f"AWS refuses the credentials ({code}); {_LOG_IN}"), code, action)
    first = words.partition(" Encoded authorization")[0].partition("\n")[0]
    return AwsRefusal(
        AWS_DENIED(f"AWS refuses {action} ({code}: {first}); allow it to whoever runs Pulumi (docs/aws.md)"),
        code,
        action,
    )


def _line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
