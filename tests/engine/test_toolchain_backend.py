"""The state in a bucket (moto's S3): all verbs, two runs at once, killed runs, readers, and the move there."""

import json
import os
import platform
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from components.domain.problems.operations.machines import UNKNOWN_MACHINE, UNKNOWN_NODE
from components.domain.problems.operations.state import (
    NO_STACK,
    RUNS_WITHOUT_STATE,
    STACK_LOCKED,
    STACK_NOT_UP,
    STATE_ELSEWHERE,
)
from components.domain.problems.packages import NO_WAY_BACK
from components.domain.problems.setup import BACKEND_UNUSABLE, NO_BACKEND, STATE_IN_THE_WAY
from components.hosts.aws.tags import Tags
from tests.aws.moto import Moto, moto
from tests.engine.buckets import bucket_in
from tests.engine.clone import Clone

BUCKET = "states"
STATE = ".pulumi/stacks/servicechain-ha/s.json"
BACKUPS = ".pulumi/backups/servicechain-ha/s/"
PATIENCE_SECONDS = 120


@pytest.fixture(scope="module")
def cloud() -> Iterator[Moto]:
    with moto() as running:
        yield running


@pytest.fixture
def bucket(cloud: Moto) -> Iterator[Any]:
    with bucket_in(cloud, BUCKET) as client:
        yield client


@pytest.fixture
def url(cloud: Moto, bucket: Any) -> str:
    assert bucket
    return f"s3://{BUCKET}?region={cloud.region}"


@pytest.fixture
def clone(tmp_path: Path, cloud: Moto, url: str) -> Clone:
    made = Clone(tmp_path / "clone", environment={**cloud.environment, "PULUMI_BACKEND_URL": url})
    made.configure("s")
    return made


def objects(bucket: Any, part: str) -> list[str]:
    return [one["Key"] for one in bucket.list_objects_v2(Bucket=BUCKET).get("Contents", ()) if part in one["Key"]]


def held(bucket: Any, clone: Clone) -> "subprocess.Popen[bytes]":
    """Begin an up that has the lock until the file `hold` is gone."""
    (clone.folder / "hold").touch()
    running = clone.start("up", "s")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not objects(bucket, "/locks/"):
        assert time.monotonic() < deadline
        assert running.poll() is None, "it has ended"
        time.sleep(0.1)
    return running


def holder(bucket: Any) -> Any:
    (lock,) = objects(bucket, "/locks/")
    return json.loads(bucket.get_object(Bucket=BUCKET, Key=lock)["Body"].read())


def provider(bucket: Any) -> str:
    """Return how the secrets in the state are kept."""
    state = json.loads(bucket.get_object(Bucket=BUCKET, Key=STATE)["Body"].read())
    return str(state["checkpoint"]["latest"]["secrets_providers"]["type"])


def key_of(cloud: Moto) -> str:
    """Make a key; return the URL of the provider."""
    client = cloud.client("kms")
    made = client.create_key()["KeyMetadata"]["KeyId"]
    client.close()
    return f"awskms://{made}?region={cloud.region}"


@pytest.mark.nightly
def test_all_verbs(clone: Clone, bucket: Any, cloud: Moto) -> None:
    for verb in ("preview", "up", "refresh", "outputs", "disposable"):
        clone.ok("toolchain/stack", verb, "s")
    public = clone.folder / "public.json"
    clone.ok("toolchain/stack", "public", "s", str(public))
    for verb, option, problem in (
        ("replace", "nobody", UNKNOWN_MACHINE),
        ("rpc", "nobody", UNKNOWN_NODE),
        ("upgrade", "", STACK_NOT_UP),
        ("rollback", "", NO_WAY_BACK),
        ("drill", "", STACK_NOT_UP),
        ("soak", "", STACK_NOT_UP),
        ("status", "", STACK_NOT_UP),
        ("trace", f"0x{'ab' * 32}", STACK_NOT_UP),
        ("monitoring", str(clone.folder / "monitoring"), STACK_NOT_UP),
    ):
        ended = clone.stack(verb, "s", *filter(None, [option]))
        assert ended.returncode != 0
        assert problem.code in ended.stderr
    assert provider(bucket) == "passphrase"
    clone.ok("toolchain/stack", "rekey", "s", SECRETS_PROVIDER=key_of(cloud))
    assert provider(bucket) == "cloud"
    (clone.folder / ".state/passphrase").write_text("another one: it is not needed any more")
    clone.ok("toolchain/stack", "preview", "s", "--expect-no-changes")
    before = objects(bucket, "")
    clone.ok("toolchain/run", "python", "-m", "toolchain.ops.networks")  # make sweep, which removes nothing unasked
    assert objects(bucket, "") == before
    shell = clone.folder / "sh"
    shell.write_text("#!/bin/sh\npulumi stack ls --json\n")
    shell.chmod(0o755)
    listed = json.loads(clone.ok("toolchain/stack", "shell", "s", SHELL=str(shell)))
    assert [one["name"] for one in listed] == ["s"]
    secrets = clone.secrets("s")
    texts = [bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in objects(bucket, "s.json")]
    assert texts
    assert clone.leaks(secrets, *texts, public.read_text()) == []
    assert not (clone.folder / ".state/.pulumi").exists()
    clone.ok("toolchain/stack", "down", "s")
    assert NO_STACK.code in clone.stack("status", "s").stderr


def test_two_runs_at_once_and_a_holder_that_is_killed(clone: Clone, bucket: Any) -> None:
    clone.ok("toolchain/stack", "preview", "s")
    first = held(bucket, clone)
    try:
        lock = holder(bucket)
        second = clone.stack("up", "s")
        assert second.returncode == 1
        assert STACK_LOCKED.code in second.stderr
        assert f"process {lock['pid']} on {platform.node()}" in second.stderr
        assert objects(bucket, "/locks/"), "the lock of a running process stays"
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        subprocess.run(["pkill", "-KILL", "-s", str(first.pid)], check=False)  # its plugins, each in a group of its own
        first.wait()
    (clone.folder / "hold").unlink()
    third = clone.stack("up", "s")
    assert third.returncode == 0, third.stderr
    assert f"it belongs to process {lock['pid']}, which was killed" in third.stderr
    assert objects(bucket, "/locks/") == []
    elsewhere = {"pid": 1, "username": "ann", "hostname": "another", "timestamp": "2026-01-01T00:00:00Z"}
    key = ".pulumi/locks/organization/servicechain-ha/s/some.json"
    bucket.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(elsewhere).encode())
    fourth = clone.stack("refresh", "s")
    assert fourth.returncode == 1
    assert STACK_LOCKED.code in fourth.stderr
    assert "process 1 on another" in fourth.stderr


@pytest.mark.parametrize("where", ["bucket", "folder"])
def test_what_stays_after_down_has_the_keys_encrypted_and_brings_the_last_state_back(
    clone: Clone, bucket: Any, tmp_path: Path, where: str
) -> None:
    if where == "folder":
        del clone.env["PULUMI_BACKEND_URL"]
    clone.ok("toolchain/stack", "up", "s")
    secrets = clone.secrets("s")
    ended = clone.stack("down", "s")
    assert ended.returncode == 0, ended.stderr
    assert ".pulumi/backups" in ended.stderr

    held = _held(bucket) if where == "bucket" else _files(clone.folder / ".state")
    copies = {name: text for name, text in held.items() if name.startswith(BACKUPS)}
    assert copies
    assert {*held} == {".pulumi/meta.yaml", f"{STATE}.bak", *copies}, "the state and its history are gone"
    assert not json.loads(held[f"{STATE}.bak"])["checkpoint"]["latest"].get("resources")
    assert clone.leaks(secrets, *held.values()) == []

    last = max((text for text in copies.values() if '"resources"' in text), key=_time)
    (tmp_path / "last").write_text(json.dumps({"version": 3, "deployment": json.loads(last)["checkpoint"]["latest"]}))
    clone.ok("toolchain/run", "pulumi", "stack", "init", "s", "--no-select")
    clone.ok("toolchain/run", "pulumi", "stack", "import", "--stack", "s", "--file", str(tmp_path / "last"))
    shown = clone.ok("toolchain/run", "pulumi", "stack", "export", "--show-secrets", "--stack", "s")
    assert secrets[1] in shown, "with the passphrase, the keys can be read"


def _time(state: str) -> str:
    return str(json.loads(state)["checkpoint"]["latest"]["manifest"]["time"])


def _held(bucket: Any) -> dict[str, str]:
    return {key: bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in objects(bucket, "")}


def _files(folder: Path) -> dict[str, str]:
    """Return the files of a backend in a folder, without the attributes that Pulumi writes beside each."""
    found = [one for one in (folder / ".pulumi").rglob("*") if one.is_file() and one.suffix != ".attrs"]
    return {str(one.relative_to(folder)): one.read_text() for one in found}


def test_a_reader_previews_and_changes_nothing(clone: Clone, bucket: Any) -> None:
    clone.ok("toolchain/stack", "up", "s")
    deny = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["s3:PutObject", "s3:DeleteObject"],
                "Resource": f"arn:aws:s3:::{BUCKET}/*",
            }
        ],
    }
    bucket.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(deny))
    before = objects(bucket, "")
    clone.ok("toolchain/stack", "preview", "s", "--expect-no-changes")
    clone.ok("toolchain/stack", "outputs", "s")
    ended = clone.stack("up", "s")
    assert ended.returncode != 0
    assert "StatusCode: 403" in ended.stderr
    assert objects(bucket, "") == before


def test_a_stack_moves_and_can_be_used_there(clone: Clone, url: str) -> None:
    here = clone.env.pop("PULUMI_BACKEND_URL")
    clone.ok("toolchain/stack", "up", "s")
    ended = clone.stack("move", "s", TO="s3://nowhere?region=eu-central-1")
    assert (ended.returncode, BACKEND_UNUSABLE.code in ended.stderr) == (1, True)
    for wrong in ("", "bucket", f"file://{clone.folder}/.state"):
        assert NO_BACKEND.code in clone.stack("move", "s", TO=wrong).stderr
    moved = clone.stack("move", "s", TO=url)
    assert moved.returncode == 0, moved.stderr
    assert f"PULUMI_BACKEND_URL='{url}'" in moved.stderr
    assert f"PULUMI_BACKEND_URL='file://{clone.folder}/.state'" in moved.stderr
    clone.ok("toolchain/stack", "preview", "s", "--expect-no-changes", PULUMI_BACKEND_URL=here)
    assert clone.leaks(clone.secrets("s")) == []

    _without_the_variable(clone, url)
    (clone.folder / ".state/s/backend").unlink()
    again = clone.stack("move", "s", TO=url)
    assert (again.returncode, STATE_IN_THE_WAY.code in again.stderr) == (1, True)
    clone.ok("toolchain/stack", "preview", "s", "--expect-no-changes")


def test_a_stack_whose_machines_run_is_not_made_once_more(clone: Clone, cloud: Moto) -> None:
    clone.configure("s", target="aws", aws={"region": cloud.region})
    ec2 = cloud.client()
    image = cloud.register_image("111111111111", "image", datetime(2026, 1, 1, tzinfo=UTC))
    tags = [{"Key": key, "Value": value} for key, value in Tags("servicechain-ha", "s", {}).of("scn-1").items()]
    specification = [{"ResourceType": "instance", "Tags": tags}]
    made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, TagSpecifications=specification)
    instance = made["Instances"][0]["InstanceId"]
    for verb in ("up", "preview", "down"):
        ended = clone.stack(verb, "s")
        assert (ended.returncode, RUNS_WITHOUT_STATE.code in ended.stderr) == (1, True), ended.stderr
        assert f"scn-1 ({instance})" in ended.stderr
    assert NO_STACK.code in clone.stack("outputs", "s").stderr, "no stack was made"
    ec2.terminate_instances(InstanceIds=[instance])
    ec2.close()
    clone.ok("toolchain/stack", "down", "s")


def _without_the_variable(clone: Clone, url: str) -> None:
    """Try all verbs that would use the former state, and then those that would find none."""
    seed = clone.folder / ".state/s/identity-seed"
    for verb in ("up", "preview", "refresh", "down", "status"):
        ended = clone.stack(verb, "s")
        assert (ended.returncode, STATE_ELSEWHERE.code in ended.stderr, url in ended.stderr) == (1, True, True)
    former = next(clone.folder.glob(".state/.pulumi/stacks/*/s.json"))
    hidden = former.rename(former.with_suffix(".hidden"))
    for verb in ("up", "down"):
        ended = clone.stack(verb, "s")
        assert (ended.returncode, STATE_ELSEWHERE.code in ended.stderr) == (1, True)
    assert seed.exists()
    assert not former.exists()
    hidden.rename(former)
