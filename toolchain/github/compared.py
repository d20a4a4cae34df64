"""What a preview without secrets in a pull request is compared with: the public copy of the state, or an empty state.

usage: toolchain/run python -m toolchain.github.compared STACK PUBLIC-STATES FILE, in the merge of a pull request

PUBLIC-STATES is s3://bucket/folder. Prints a value for SEEDLESS: FILE, to which the copy is written, or `new`. A copy
that is lost, or cannot be read, does not make a stack new: S3 has to say that there is none, and the base of the pull
request must not have the settings file of the stack.
"""

import subprocess
import sys
from pathlib import Path

import boto3.session
from botocore import exceptions
from botocore.config import Config

from components.domain.problems.problem import Message
from components.domain.problems.setup import NO_PUBLIC_COPY

NEW = "new"
MISSING = "NoSuchKey"
"""What S3 says of an object that is not there, to those who may list the bucket; to others it denies access."""
PATIENCE = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 4})


def main(stack: str, place: str, file: str) -> int:
    """Print what to compare with, or why nobody can tell."""
    refused = _fetched(place, f"{stack}.json", Path(file))
    if refused is None:
        print(file)
        return 0
    refusal = _not_new(stack, place) if refused == MISSING else _unreadable(stack, place, refused)
    if refusal is None:
        print(NEW)
        return 0
    print(f"error: {refusal}", file=sys.stderr)
    return 1


def _fetched(place: str, name: str, file: Path) -> str | None:
    """Write an object to a file; return why not: MISSING, or in words."""
    scheme, _, rest = place.partition("://")
    bucket, _, folder = rest.strip("/").partition("/")
    if scheme != "s3" or not bucket:
        return "it is not s3://bucket/folder"
    try:
        client = boto3.session.Session().client("s3", config=PATIENCE)
        try:
            key = f"{folder}/{name}" if folder else name
            file.write_bytes(client.get_object(Bucket=bucket, Key=key)["Body"].read())
        finally:
            client.close()
    except exceptions.ClientError as error:
        missing = error.response["Error"]["Code"] == MISSING
        return MISSING if missing else _line(error)
    except exceptions.BotoCoreError as error:
        return _line(error)
    return None


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def _unreadable(stack: str, place: str, why: str) -> Message:
    return NO_PUBLIC_COPY(f"the copy of the state of {stack} cannot be read from {place or 'PUBLIC_STATES'}: {why}")


def _not_new(stack: str, place: str) -> Message | None:
    """Return why a stack without a copy is not taken for new."""
    settings = f"Pulumi.{stack}.yaml"
    if _git("rev-parse", "--quiet", "--verify", "HEAD^2") is None:
        words = "this checkout is not the merge of a pull request with both parents, so its base is not known"
    elif _git("ls-tree", "--name-only", "HEAD^1", "--", settings) == "":
        return None
    else:
        words = f"the pull request does not introduce it, as its base has {settings}"
    return NO_PUBLIC_COPY(f"{place} has no copy of the state of {stack}, and it is not taken for new: {words}")


def _git(*arguments: str) -> str | None:
    """Return what Git prints; None if it fails."""
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
