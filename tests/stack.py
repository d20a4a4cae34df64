"""A stack of this program for tests: the real Pulumi engine, through the Automation API.

Everything of it is in one temporary folder: project file, settings, state, Pulumi home. The program is that of this
checkout, which stays untouched, and no user's stack is met: identity seed and passphrase are new random ones.

    stack = Stack(tmp_path, settings(bridge={"threshold": 2}))
    run = stack.preview()
    assert run.changes == {"create": 134}
"""

import json
import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation

from components.chain.rpc.endpoint import Endpoint
from components.domain.seed import network_id
from components.settings.sentences import NAMESPACE
from tests.run import Failed, Run, Step, record
from toolchain.ops.state import in_the_clear

__all__ = ["ROOT", "Failed", "Run", "Settings", "Stack", "Step", "settings"]

ROOT = Path(__file__).resolve().parent.parent
"""Of this checkout."""

Settings = Mapping[str, Any]
"""A configuration, with the keys and structure of Pulumi.dev.yaml, without the namespace."""

_DEFAULTS: Settings = {
    "target": "local",
    "parentChain": {"network": "private", "chainId": 2020},
    "serviceChain": {"chainId": 3000, "nodes": ["scn-1", "scn-2", "scn-3", "scn-4"]},
    "pairs": [{"name": "alpha", "scn": "scn-1"}, {"name": "beta", "scn": "scn-2"}],
    "anchoring": {"period": 5},
    "bridge": {"threshold": 1},
    "monitoring": {"enabled": False},  # it would make each network slower; tests/network/monitored has it
}


def settings(**changed: Any) -> Settings:
    """Return the settings of two pairs and four SCNs, with some top-level keys changed; None takes one away.

    Those of Pulumi.dev.yaml are not used: they are a user's to change.
    """
    return {key: value for key, value in {**_DEFAULTS, **changed}.items() if value is not None}


_NO_SUMMARY = automation.UpdateSummary("", datetime.now(tz=UTC), "", {}, {}, "")


class Stack:
    """One stack. Whoever makes it up destroys it."""

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        name: str = "test",
        environment: Mapping[str, str] | None = None,
        program: Path = ROOT,
    ) -> None:
        """Make an empty stack in an existing, empty folder. It gets an identity seed of its own from a file there.

        `environment` is what the engine and its plugins get besides that of this process, and `program` where the
        program is, if it is not that of this checkout.
        """
        self.folder, self.name = folder, name
        self.seed = secrets.token_hex(32)
        self.network_id = network_id(self.seed)
        """By which the machine's namespaces, interfaces and folders of this stack go."""
        self.passphrase = secrets.token_hex(16)
        (folder / "seed").write_text(self.seed)
        self.run_program_of(program)
        (folder / "state").mkdir()
        self.configure(settings)
        self.automation = automation.create_stack(
            name,
            work_dir=str(folder),
            opts=automation.LocalWorkspaceOptions(
                pulumi_home=str(self._own_home()),
                env_vars={
                    "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
                    "PULUMI_CONFIG_PASSPHRASE": self.passphrase,
                    "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
                    # Writing the state at every step is half of the engine's work. What matters for a run that is
                    # killed is tested where runs are killed (killed_stack.py), which turns this off.
                    "PULUMI_SKIP_CHECKPOINTS": "true",
                    **(environment or {}),
                },
            ),
        )
        # After each run the Automation API runs three more commands, for outputs and history that nobody reads here.
        self.automation.outputs = dict  # type: ignore[method-assign]
        self.automation.info = lambda show_secrets=True: _NO_SUMMARY  # type: ignore[method-assign] # noqa: ARG005
        self._exported: tuple[object, dict[str, Any]] = (None, {})

    def run_program_of(self, checkout: Path) -> None:
        """Write a project file which is the checkout's, but for the places that it names."""
        project = yaml.safe_load((checkout / "Pulumi.yaml").read_text())
        project["main"] = str(checkout)
        options = project["runtime"]["options"]
        options["virtualenv"] = str(ROOT / options["virtualenv"])
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))

    def configure(self, settings: Settings) -> None:
        """Replace the whole configuration."""
        self.settings = settings
        config = {f"{NAMESPACE}:{key}": value for key, value in settings.items()}
        if f"{NAMESPACE}:identitySeed" not in config:
            config[f"{NAMESPACE}:identitySeedFile"] = str(self.folder / "seed")
        # JSON is YAML too, and leaves no doubt whether an account such as 012345678901 is a text.
        (self.folder / f"Pulumi.{self.name}.yaml").write_text(json.dumps({"config": config}))

    def preview(self, **options: Any) -> Run:
        """Show what an up would do. Options of all verbs are those of the Automation API. Raises Failed."""
        return record("preview", self.automation.preview, options)

    def up(self, **options: Any) -> Run:
        """Bring everything to what is configured. Raises Failed."""
        return record("up", self.automation.up, {"show_secrets": False, **options})

    def refresh(self, **options: Any) -> Run:
        """Read what is really there into the state. Raises Failed."""
        return record("refresh", self.automation.refresh, {"show_secrets": False, **options})

    def destroy(self, **options: Any) -> Run:
        """Remove everything. Raises Failed."""
        return record("destroy", self.automation.destroy, {"show_secrets": False, **options})

    @property
    def outputs(self) -> dict[str, Any]:
        """Return the outputs, secrets in the clear."""
        roots = [one["outputs"] for one in self.resources() if one["type"] == "pulumi:pulumi:Stack"]
        return dict(*roots)

    @property
    def state(self) -> str:
        """Return the state as it is written down: secrets are encrypted in it."""
        return self.automation.workspace.pulumi_command.run(
            ["stack", "export", "--stack", self.name],
            str(self.folder),
            self.environment,
        ).stdout

    @property
    def environment(self) -> dict[str, str]:
        """Return what plain Pulumi needs in its environment to be at work on this stack."""
        return {**self.automation.workspace.env_vars, "PULUMI_HOME": str(self.folder / "home")}

    def resources(self) -> list[dict[str, Any]]:
        """Return all resources of the state, secrets in the clear."""
        found: list[dict[str, Any]] = self.exported().get("resources", [])
        return [in_the_clear(resource) for resource in found]

    def exported(self) -> dict[str, Any]:
        """Return the deployment in the state, secrets in the clear; exported again only when the state has changed."""
        file = self.folder / f"state/.pulumi/stacks/{NAMESPACE}/{self.name}.json"
        stamp = (file.stat().st_mtime_ns, file.stat().st_size) if file.exists() else None
        if stamp is None or stamp != self._exported[0]:
            self._exported = stamp, dict(self.automation.export_stack().deployment or {})
        return self._exported[1]

    def of_type(self, name: str) -> dict[str, dict[str, Any]]:
        """Return the outputs of the program's own resources of a type, such as `Account`, by resource name."""
        return {
            resource["urn"].rpartition("::")[2]: resource["outputs"]
            for resource in self.resources()
            if resource["type"] == f"pulumi-python:dynamic/servicechain:{name}"
        }

    def program_of(self, kind: str, name: str, *computed: str) -> dict[str, Any]:
        """Return the inputs of a resource as the program gives them."""
        known = self.of_type(kind)[name]
        return {key: value for key, value in known.items() if key != "__provider"} | dict.fromkeys(computed)

    def endpoints(self) -> dict[str, Endpoint]:
        """Return where the consoles of all nodes are, by node."""
        return {name: Endpoint.model_validate(node["node"]) for name, node in self.of_type("RunningNode").items()}

    # -- helpers -------------------------------------------------------------------------------------------

    def _own_home(self) -> Path:
        """Make a Pulumi home that shares the user's plugins and nothing else, such as which stack is selected."""
        home = self.folder / "home"
        home.mkdir()
        users = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
        (home / "plugins").symlink_to(users / "plugins")
        return home
