"""A machine is named whose image was withdrawn; one whose image is only deprecated is not."""

from typing import Any

import pulumi
import pytest

from components.domain.problems.aws.account import AWS_DENIED, IMAGE_GONE
from components.hosts.aws.account.account import AwsAccount, AwsRefusal
from components.hosts.aws.account.images import Images

DEPRECATED, KEPT = "ami-00000000000000001", "ami-00000000000000002"
THERE = {DEPRECATED, KEPT}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the images that were asked for. As those of EC2, the answers have deprecated ones only when told to."""
    asked: list[str] = []

    def ask(_: AwsAccount, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        assert (service, operation) == ("ec2", "describe_images")
        [image] = parameters["Filters"][0]["Values"]
        asked.append(image)
        hidden = set() if parameters.get("IncludeDeprecated") else {DEPRECATED}
        return {"Images": [{"ImageId": image}] if image in THERE - hidden else []}

    monkeypatch.setattr(AwsAccount, "ask", ask)
    return asked


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    warnings: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warnings.append)
    return warnings


def test_each_machine_whose_image_is_gone_is_named(asked: list[str], warnings: list[str]) -> None:
    images = Images("eu-central-1")
    for machine in ("scn-1", "scn-2"):
        images.look_for(machine, "ami-0000000000000000f")
    images.look_for("scn-3", KEPT)
    assert all(IMAGE_GONE.code in one and "ami-0000000000000000f" in one for one in warnings)
    assert [one.partition(":")[0] for one in warnings] == ["scn-1", "scn-2"]
    assert asked == ["ami-0000000000000000f", KEPT], "each image once"


def test_a_deprecated_image_can_still_be_used(asked: list[str], warnings: list[str]) -> None:
    Images("eu-central-1").look_for("scn-1", DEPRECATED)
    assert asked == [DEPRECATED]
    assert warnings == []


def test_who_may_not_look_is_not_warned(monkeypatch: pytest.MonkeyPatch, warnings: list[str]) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AwsRefusal(AWS_DENIED("no"), "UnauthorizedOperation")

    monkeypatch.setattr(AwsAccount, "ask", refuse)
    Images("eu-central-1").look_for("scn-1", "ami-0000000000000000f")
    assert warnings == []
