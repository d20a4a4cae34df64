"""A preview without secrets of a stack that was never up, under the real engine; and who says that it was not."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.config import Config

from components.domain.problems.operations.state import RUNS_WITHOUT_STATE
from components.domain.problems.setup import NEW_SECRET, NO_PUBLIC_COPY, PLACEHOLDERS
from components.hosts.aws.tags import Tags
from tests.aws.moto import Moto, moto
from tests.engine.aws_stack import CANONICAL, IMAGE
from tests.engine.buckets import bucket_in
from tests.engine.clone import Clone
from tests.examples import committed
from tests.stack import ROOT
from toolchain.github import compared

BUCKET, FOLDER = "copies", "bridge"
PLACE = f"s3://{BUCKET}/{FOLDER}"
ENCRYPTED = {"secure": "v1:x:y"}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Moto]:
    with moto(region="ap-northeast-2") as running:
        yield running


def made(text: str) -> set[str]:
    """Return the names of what a preview, in its JSON, would make."""
    found = json.loads(text)["steps"]
    assert {one["op"] for one in found} <= {"create", "read"}
    return {one["urn"].rpartition("::")[2] for one in found if one["op"] == "create"}


def reviewer(folder: Path, **environment: str) -> Clone:
    """Return the clone of somebody who has the repository, and nothing else."""
    nothing = {"PULUMI_BACKEND_URL": "file:///nowhere", "PULUMI_CONFIG_PASSPHRASE": "it is not that"}
    return Clone(folder, ROOT / "__main__.py", environment={**environment, **nothing})


def said(text: str) -> list[str]:
    """Return the lines that say what kind of preview it is."""
    return [line for line in text.splitlines() if PLACEHOLDERS.code in line]


def test_the_whole_program_of_a_local_stack(tmp_path: Path) -> None:
    clone = reviewer(tmp_path / "clone")
    file = clone.configure("s")
    told = yaml.safe_load(file.read_text())
    told["config"]["servicechain-ha:bridge"] = {"threshold": 1, "parentOwnerKey": ENCRYPTED}
    file.write_text(yaml.safe_dump({"encryptionsalt": "v1:salt", **told}))
    shown = clone.stack("preview", "s", "--json", SEEDLESS="new")
    assert shown.returncode == 0, shown.stdout[-4000:] + shown.stderr
    assert {"alpha-en-node", "scn-1-child-operator", "parent-bridge", "child-bridge"} <= made(shown.stdout)
    plan = clone.stack("preview", "s", "--diff", SEEDLESS="new")
    (line,) = said(plan.stdout + plan.stderr)
    assert "said to be new" in line
    assert NEW_SECRET.code not in plan.stdout + plan.stderr
    assert not (clone.folder / ".state/s").exists(), "nothing was made of a stack"

    (clone.folder / ".state/s").mkdir(parents=True)
    (clone.folder / ".state/s/backend").write_text("s3://states")
    ended = clone.stack("preview", "s", SEEDLESS="new")
    assert (ended.returncode, NO_PUBLIC_COPY.code in ended.stderr) == (1, True)


@pytest.mark.nightly
def test_the_example_for_existing_machines(tmp_path: Path) -> None:
    clone = reviewer(tmp_path / "clone")
    (clone.folder / "Pulumi.existing.yaml").write_text(committed("existing").replace("0" * 64, "5a" * 32))
    shown = clone.stack("preview", "existing", "--json", SEEDLESS="new")
    assert shown.returncode == 0, shown.stdout[-4000:] + shown.stderr
    assert {"parent-bridge", "child-bridge"} <= made(shown.stdout)


@pytest.mark.parametrize("example", ["kairos", pytest.param("mainnet", marks=pytest.mark.nightly)])
def test_the_examples_for_aws_unless_aws_knows_better(tmp_path: Path, cloud: Moto, example: str) -> None:
    clone = reviewer(tmp_path / "clone", **cloud.environment)
    checked = committed(example).replace("0" * 64, "5a" * 32)
    (clone.folder / f"Pulumi.{example}.yaml").write_text(checked)
    image = cloud.register_image(CANONICAL, IMAGE.format("20260101"), datetime(2026, 1, 1, tzinfo=UTC))
    # As in the workflow: with the policies, which a CLI in .build gets in another way than a user's.
    folders = [one for one in clone.env["PATH"].split(os.pathsep) if one != str(ROOT / ".build/bin")]
    clone.env |= {"PATH": os.pathsep.join(folders), "POLICY": "1"}
    shown = clone.stack("preview", example, "--json", SEEDLESS="new")
    assert shown.returncode == 0, shown.stdout[-4000:] + shown.stderr
    assert {"alpha-en-instance", "scn-4-data", "parent-bridge"} <= made(shown.stdout)

    ec2 = cloud.client()
    tags = [{"Key": key, "Value": value} for key, value in Tags("servicechain-ha", example, {}).of("scn-1").items()]
    specification = [{"ResourceType": "instance", "Tags": tags}]
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, TagSpecifications=specification)
    ec2.close()
    ended = clone.stack("preview", example, SEEDLESS="new")
    assert (ended.returncode, RUNS_WITHOUT_STATE.code in ended.stderr) == (1, True)
    cloud.reset()


def test_whoever_has_the_state_says_that_it_is_empty(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone")
    clone.configure("s")
    clone.ok("toolchain/stack", "preview", "s")
    file = clone.folder / "public.json"
    clone.ok("toolchain/stack", "public", "s", str(file))
    (clone.folder / ".state").rename(clone.folder / "hidden")
    shown = clone.stack("preview", "s", "--diff", SEEDLESS=str(file), PULUMI_BACKEND_URL="file:///nowhere")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    (line,) = said(shown.stdout + shown.stderr)
    assert "which is empty" in line


# -- what a pull request is compared with --------------------------------------------------------------------


@pytest.fixture
def bucket(cloud: Moto, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, cloud.environment[name])
    monkeypatch.setenv("AWS_REGION", cloud.region)
    monkeypatch.setenv("AWS_DEFAULT_REGION", cloud.region)
    with bucket_in(cloud, BUCKET) as client:
        yield client


@pytest.fixture
def merge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the checkout of a pull request that introduces one stack and edits another, as GitHub makes it."""
    whole, folder = tmp_path / "whole", tmp_path / "checkout"
    whole.mkdir()

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b.test", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *who, *arguments], cwd=whole, check=True, capture_output=True)

    def commit(name: str, text: str) -> None:
        (whole / name).write_text(text)
        git("add", ".")
        git("commit", "-m", name)

    git("init")
    commit("Pulumi.old.yaml", "config: {}\n")
    git("checkout", "-b", "edit")
    commit("Pulumi.old.yaml", "config: {a: b}\n")
    commit("Pulumi.fresh.yaml", "config: {}\n")
    git("checkout", "main")
    commit("README.md", "hello\n")
    git("checkout", "--detach")
    git("merge", "--no-ff", "-m", "merge", "edit")
    git("branch", "pull")
    clone = ["git", "clone", "--depth", "2", "--branch", "pull", f"file://{whole}", str(folder)]
    subprocess.run(clone, check=True, capture_output=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.usefixtures("merge")
def test_the_copy_is_taken_where_there_is_one(bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "public.json"
    for stack in ("old", "fresh"):
        bucket.put_object(Bucket=BUCKET, Key=f"{FOLDER}/{stack}.json", Body=stack.encode())
        assert compared.main(stack, f"{PLACE}/", str(file)) == 0
        assert (capsys.readouterr().out, file.read_text()) == (f"{file}\n", stack)


@pytest.mark.usefixtures("merge", "bucket")
def test_a_stack_is_new_if_the_pull_request_introduces_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compared.main("fresh", PLACE, str(tmp_path / "public.json")) == 0
    assert capsys.readouterr().out == "new\n"
    assert compared.main("old", PLACE, str(tmp_path / "public.json")) == 1, "its copy was lost"
    told = capsys.readouterr()
    assert told.out == ""
    assert NO_PUBLIC_COPY.code in told.err
    assert "Pulumi.old.yaml" in told.err


def _denied(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    assert monkeypatch
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    bucket.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    return PLACE


def _no_bucket(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    assert bucket
    assert monkeypatch
    return "s3://another/folder"


def _no_variable(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    assert bucket
    assert monkeypatch
    return ""


def _no_network(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    assert bucket
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setattr(compared, "PATIENCE", compared.PATIENCE.merge(Config(retries={"total_max_attempts": 1})))
    return PLACE


def _no_credentials(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    assert bucket
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    return PLACE


@pytest.mark.usefixtures("merge")
@pytest.mark.parametrize(
    ("why", "said"),
    [
        (_denied, "403"),
        (_no_bucket, "NoSuchBucket"),
        (_no_variable, "it is not s3://"),
        (_no_network, "127.0.0.1:1"),
        (_no_credentials, "credentials"),
    ],
)
def test_a_copy_that_cannot_be_read_makes_no_stack_new(
    why: Any,
    said: str,
    bucket: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = why(bucket, monkeypatch)
    assert compared.main("fresh", place, str(tmp_path / "public.json")) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert NO_PUBLIC_COPY.code in told.err
    assert said in told.err


@pytest.mark.usefixtures("bucket")
def test_without_the_base_no_stack_is_new(
    merge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shallow = tmp_path / "shallow"
    clone = ["git", "clone", "--depth", "1", f"file://{merge}", str(shallow)]
    subprocess.run(clone, check=True, capture_output=True)
    monkeypatch.chdir(shallow)
    assert compared.main("fresh", PLACE, str(tmp_path / "public.json")) == 1
    assert NO_PUBLIC_COPY.code in capsys.readouterr().err
