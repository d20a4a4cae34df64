"""A stack of the sample program: the real engine, all files in one temporary folder."""

import json
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation

from tests.aws.moto import Moto
from tests.run import Run, record
from tests.stack import ROOT

__all__ = ["OWNER", "SECRET", "SampleStack"]

OWNER = "099720109477"
"""Whose images the program takes."""
SECRET = "what only the machine knows"
"""What is in its user data."""


class SampleStack:
    """One stack of a program, which is the sample unless another one is given."""

    def __init__(self, folder: Path, cloud: Moto, program: Path = Path(__file__).parent) -> None:
        self._region = cloud.region
        self._settings = folder / "Pulumi.test.yaml"
        for name in ("state", "home"):
            (folder / name).mkdir()
        options = {"virtualenv": str(ROOT / ".build/venv")}
        project = {"name": "sample", "runtime": {"name": "python", "options": options}, "main": str(program)}
        (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        self.configure()
        self.automation = automation.create_stack(
            "test",
            work_dir=str(folder),
            opts=automation.LocalWorkspaceOptions(
                pulumi_home=str(folder / "home"),
                env_vars={
                    **cloud.environment,
                    "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
                    "PULUMI_CONFIG_PASSPHRASE": "x",
                    "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
                },
            ),
        )

    def configure(self, **settings: Any) -> None:
        """Replace the settings, but for those which are needed."""
        every = {"region": self._region, "owner": OWNER, "secret": SECRET, **settings}
        # As JSON: YAML of Python writes an account's number without quotes when it begins with 0.
        config = {f"sample:{name}": value for name, value in every.items()}
        self._settings.write_text(json.dumps({"config": config}))

    def preview(self, **options: Any) -> Run:
        """Show what an up would do."""
        return record("preview", self.automation.preview, options)

    def up(self) -> Run:
        """Bring everything to what is configured."""
        return record("up", self.automation.up, {})

    def refresh(self) -> Run:
        """Read what is really there into the state."""
        return record("refresh", self.automation.refresh, {})

    def destroy(self) -> Run:
        """Remove everything."""
        return record("destroy", self.automation.destroy, {})

    def outputs(self) -> dict[str, Any]:
        """Return the outputs."""
        return {name: output.value for name, output in self.automation.outputs().items()}
