"""A stack on AWS for tests of the engine, with a record of what each verb asks AWS for."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from components.domain.seed import derive
from tests.aws import recorder
from tests.aws.moto import Moto
from tests.run import Run
from tests.stack import Stack
from toolchain.docs.iam.calls import Calls

CANONICAL = "099720109477"
IMAGE = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-{}"
RECORD = "RECORD_AWS_CALLS"
"""A variable with which calls are added to the list instead of being compared with it."""


class AwsStack(Stack):
    """A stack of which everything up to the machines can be brought up.

    Owner keys that the settings have in KMS are in variables here: docs/aws has policies of their own for those.
    """

    def __init__(self, folder: Path, cloud: Moto, config: dict[str, Any]) -> None:
        config.pop("identitySeed")
        bridge = config.get("bridge", {})
        in_kms = [one for one in ("parentOwner", "childOwner") if "kms" in bridge.get(one, {})]
        keys = {one.upper(): derive("46" * 32, one) for one in in_kms}
        owned = {**config, "bridge": {**bridge, **{one: {"env": one.upper()} for one in in_kms}}} if in_kms else config
        super().__init__(folder, owned, environment={**cloud.environment, **keys})
        self.calls = Calls()

    def preview(self, **options: Any) -> Run:
        """Preview."""
        return self._recorded("preview", super().preview, options)

    def up(self, **options: Any) -> Run:
        """Bring up."""
        return self._recorded("up", super().up, options)

    def refresh(self, **options: Any) -> Run:
        """Refresh."""
        return self._recorded("refresh", super().refresh, options)

    def destroy(self, **options: Any) -> Run:
        """Destroy."""
        return self._recorded("destroy", super().destroy, options)

    def machines(self, **options: Any) -> Run:
        """Bring up whatever needs no login."""
        return self.up(exclude=["**:FirstLogin::**"], exclude_dependents=True, **options)

    def urn(self, name: str) -> str:
        """Return the URN of a resource of an unmistakable name."""
        return next(str(one["urn"]) for one in self.resources() if str(one["urn"]).endswith(f"::{name}"))

    def instance(self, host: str) -> dict[str, Any]:
        """Return what makes up a machine: its instance, image, address and disk."""
        found = {str(one["urn"]).rpartition("::")[2]: one for one in self.resources() if one["type"].startswith("aws:")}
        instance, attachment = (
            found[f"{host}-instance"],
            next(
                one
                for one in self.resources()
                if one["type"].endswith(":VolumeAttachment") and str(one["urn"]).endswith(f"::{host}-data")
            ),
        )
        return {
            "id": instance["id"],
            "image": instance["outputs"]["ami"],
            "address": instance["outputs"]["privateIp"],
            "disk": attachment["outputs"]["volumeId"],
        }

    def _recorded(self, verb: str, run: Callable[..., Run], options: dict[str, Any]) -> Run:
        recorder.taken()
        try:
            return run(**options)
        finally:
            self.calls.add(verb, recorder.taken())
            self._compare()

    def _compare(self) -> None:
        """Compare with the list that the policies are made from. Raises AssertionError for a call that is not in it."""
        listed = Calls.recorded()
        missing = self.calls.beyond(listed)
        if os.environ.get(RECORD):
            listed.merged(self.calls).write()
        else:
            assert missing == {}, f"policies in docs/aws do not allow this: run these tests with {RECORD}=1, make docs"
