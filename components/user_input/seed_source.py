"""The identity seed where the setting identitySeedFrom says that it is: a secret of AWS Secrets Manager, or a file.

Whoever reads it gets all keys of a network, so a file that everybody can read is refused. No message shows any of it.
"""

import os
import re
import stat
from typing import TYPE_CHECKING

from components.user_input import user_file
from components.user_input.user_file import UnusableFile

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_ARN = re.compile(r"arn:[a-z-]+:secretsmanager:([a-z0-9-]+):[0-9]{12}:secret:[\w/+=.@-]+")
_SEED = re.compile(r"\s*([0-9a-fA-F]{64})\s*")
_REMEDIES = {
    "AccessDeniedException": "allow secretsmanager:GetSecretValue on it, and kms:Decrypt on a key of yours that "
    "encrypts it, to whoever runs Pulumi",
    "ResourceNotFoundException": "name a secret that exists in this region and account, and has a value",
    "InvalidRequestException": "restore it, if it is about to be deleted",
    "DecryptionFailure": "enable the key of AWS KMS that encrypts it",
    "ExpiredTokenException": "log in to AWS again",
    "UnrecognizedClientException": "give AWS credentials that are valid",
    "InvalidSignatureException": "give AWS credentials that are valid",
}
"""By the error codes of Secrets Manager: what to do."""


def in_aws(source: str) -> bool:
    """Tell whether a source is meant to be in AWS: it begins like an ARN."""
    return source.startswith("arn:")


def seed(source: str) -> str:
    """Return the seed, 64 hex digits. Raises UnusableFile."""
    held = _secret(source) if in_aws(source) else _file(source)
    found = _SEED.fullmatch(held)
    if not found:
        msg = "it holds something else than 64 hex digits; store the output of `openssl rand -hex 32`, as plain text"
        raise UnusableFile(msg)
    return found[1]


def _file(path: str) -> str:
    with user_file.opened(path) as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
    if mode & stat.S_IRWXO:
        msg = f"everybody on this computer may use it (mode {mode:04o}); run chmod 600 on it"
        raise UnusableFile(msg)
    return user_file.text(path, user_file.KEY_BYTES)


def _secret(arn: str) -> str:
    """Return the current value of a secret, from the region in its ARN."""
    place = _ARN.fullmatch(arn)
    if not place:
        msg = "it is not the ARN of a secret in AWS Secrets Manager"
        raise UnusableFile(msg)
    import boto3.session  # half a second, and most stacks do without
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    patience = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})
    try:
        client = boto3.session.Session(region_name=place[1]).client("secretsmanager", config=patience)
        try:
            answer = client.get_secret_value(SecretId=arn)
        finally:
            client.close()
    except NoCredentialsError:
        msg = "there are no AWS credentials; log in to AWS, or set AWS_PROFILE"
        raise UnusableFile(msg) from None
    except ClientError as error:
        raise UnusableFile(_refusal(error)) from None
    except BotoCoreError as error:
        msg = f"{error}; check the network and AWS settings of whoever runs Pulumi"
        raise UnusableFile(msg) from None
    return str(answer.get("SecretString") or "")


def _refusal(error: "ClientError") -> str:
    code = str(error.response.get("Error", {}).get("Code", "an unknown error"))
    return f"{code}: {_REMEDIES.get(code, 'look it up in the documentation of GetSecretValue')}"
