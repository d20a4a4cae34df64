"""Buckets of moto's S3."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.aws.moto import Moto


@contextmanager
def bucket_in(cloud: Moto, name: str) -> Iterator[Any]:
    """Make a bucket, yield a client of S3, and empty the cloud at the end."""
    client = cloud.client("s3")
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": cloud.region})
    yield client
    client.close()
    cloud.reset()
