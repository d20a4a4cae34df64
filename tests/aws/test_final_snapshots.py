"""Snapshots of the data volumes of machines that leave: which volumes, with which tags, and why a run ends instead."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import botocore.client
import pytest
from botocore.exceptions import ClientError
from moto.ec2.models.elastic_block_store import Snapshot

from components.domain.problems.aws.snapshots import NO_FINAL_SNAPSHOT
from components.dynamic.base import Props
from components.dynamic.machines import final_snapshots
from components.dynamic.machines.final_snapshots import NoSnapshot
from components.dynamic.machines.placement import PlacementProvider
from components.hosts.aws.tags import BACKUP, DATA_VOLUME, NAME, Tags
from tests.aws.moto import Moto
from tests.aws.test_kms import REGION, connected, server

__all__ = ["server"]

TAGS = Tags("bridge", "mine", {"team": "a"})
VOLUMES = {"region": REGION, "tags": TAGS.of_stack, "name": TAGS.of(f"{{}}{DATA_VOLUME}")[NAME]}
TWO = [{"name": name, "role": "en", "unit": name} for name in ("alpha-en", "beta-en")]


@pytest.fixture
def ec2(server: Moto, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    yield from connected("ec2", server, monkeypatch)


def volume(ec2: Any, name: str, tags: Tags = TAGS) -> str:
    given = {**tags.of(name), BACKUP: "x"}
    spec = [{"ResourceType": "volume", "Tags": [{"Key": key, "Value": value} for key, value in given.items()]}]
    made = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=10, TagSpecifications=spec)
    return str(made["VolumeId"])


def left(olds: Props, *names: str, **changes: Any) -> Props:
    """Do what an up does when only these machines stay; return the new state."""
    provider = PlacementProvider()
    staying = [one for one in TWO if one["name"] in names]
    asked = {
        "machines": staying,
        "zones": ["a"],
        "zone_of": None,
        "address_of": None,
        "data_volumes": VOLUMES,
        **changes,
    }
    news = dict(provider.check(olds, asked).inputs)
    if not olds:
        return dict(provider.create(news).outs or {})
    return dict(provider.update("placement", olds, news).outs or {})


def own(ec2: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    return [one for one in found if one.get("Tags")]


def both(ec2: Any) -> tuple[Props, dict[str, str]]:
    made = {name: volume(ec2, f"{name}-data") for name in ("alpha-en", "beta-en")}
    volume(ec2, "alpha-en")  # a root disk
    volume(ec2, "beta-en-data", Tags("bridge", "other", {}))
    return left({}, "alpha-en", "beta-en"), made


@pytest.mark.parametrize("decided", [None, True])
def test_of_a_machine_that_leaves_its_data_volume_is_kept_and_no_other(ec2: Any, decided: bool | None) -> None:  # noqa: FBT001
    state, made = both(ec2)
    assert own(ec2) == []
    after = left(state, "alpha-en", final_snapshot=decided)
    (snapshot,) = own(ec2)
    assert (snapshot["VolumeId"], snapshot["State"]) == (made["beta-en"], "completed")
    tags = {tag["Key"]: tag["Value"] for tag in snapshot["Tags"]}
    assert tags == {**TAGS.of("beta-en-data"), BACKUP: "x"}
    left(after, "alpha-en", final_snapshot=decided)
    assert len(own(ec2)) == 1


def test_nothing_is_kept_that_nobody_wants(ec2: Any) -> None:
    state, _ = both(ec2)
    left(state, final_snapshot=False)
    assert own(ec2) == []


def test_a_state_of_version_1_keeps_them_too(ec2: Any) -> None:
    """It has none of the new inputs, and they are no change."""
    state, made = both(ec2)
    old = {name: value for name, value in state.items() if name not in ("final_snapshot", "data_volumes")}
    assert not PlacementProvider().diff("placement", old, state).changes
    left(old)
    assert {one["VolumeId"] for one in own(ec2)} == {*made.values()}


def test_a_volume_that_is_not_found_ends_the_run(ec2: Any) -> None:
    state, made = both(ec2)
    ec2.delete_volume(VolumeId=made["beta-en"])
    with pytest.raises(NoSnapshot, match=rf"beta-en: no volume .*{NO_FINAL_SNAPSHOT.code}"):
        left(state, "alpha-en")
    with pytest.raises(NoSnapshot):
        left(state)
    assert own(ec2) == [], "none is begun if one is missing"


def test_the_run_waits_until_it_is_complete(ec2: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    state, _ = both(ec2)
    asked = [0]

    def status(_snapshot: Snapshot) -> str:
        asked[0] += 1
        return "pending" if asked[0] < 4 else "completed"

    monkeypatch.setattr(Snapshot, "status", property(status, lambda *_: None), raising=False)
    monkeypatch.setattr(final_snapshots, "POLL_SECONDS", 0)
    monkeypatch.setattr(final_snapshots, "ROUNDS", 10)
    left(state, "alpha-en")
    assert asked[0] >= 4


def test_a_snapshot_that_fails_ends_the_run(ec2: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    state, _ = both(ec2)
    monkeypatch.setattr(Snapshot, "status", property(lambda _: "error", lambda *_: None), raising=False)
    with pytest.raises(NoSnapshot, match=NO_FINAL_SNAPSHOT.code):
        left(state, "alpha-en")


def test_what_aws_refuses_is_said(ec2: Any) -> None:
    state, _ = both(ec2)
    call = botocore.client.BaseClient._make_api_call

    def refusing(self: Any, operation: str, parameters: Any) -> Any:
        if operation == "CreateSnapshot":
            raise ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": "not allowed"}}, operation)
        return call(self, operation, parameters)

    with (
        patch.object(botocore.client.BaseClient, "_make_api_call", refusing),
        pytest.raises(NoSnapshot, match=rf"beta-en are not deleted: .*CreateSnapshot.*{NO_FINAL_SNAPSHOT.code}"),
    ):
        left(state, "alpha-en")
