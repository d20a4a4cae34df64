"""What a machine is booted with is held until somebody asks for another boot: under the real engine."""

from collections.abc import Callable
from pathlib import Path

import pulumi
from pulumi import automation

URN = "urn:pulumi:boot::boot::pulumi-python:dynamic/servicechain:Boot::alpha-en"


def program(image: str) -> Callable[[], None]:
    def run() -> None:
        from components.dynamic.machines.boot import Boot

        boot = Boot("alpha-en", image=image, authorized_key="ssh-ed25519 AAAA")
        pulumi.export("image", boot.image)
        pulumi.export("host_key", boot.host_key)
        pulumi.export("private_key", boot.private_key)

    return run


def test_only_a_replacement_takes_another_image(tmp_path: Path) -> None:
    stack = automation.create_stack(
        "boot",
        project_name="boot",
        program=program("ami-1"),
        opts=automation.LocalWorkspaceOptions(
            work_dir=str(tmp_path),
            project_settings=automation.ProjectSettings("boot", "python"),
            env_vars={"PULUMI_CONFIG_PASSPHRASE": "x", "PULUMI_BACKEND_URL": tmp_path.as_uri()},
        ),
    )
    first = stack.up(color="never").outputs
    assert first["image"].value == "ami-1"
    assert first["private_key"].secret

    stack.workspace.program = program("ami-2")
    held = stack.up(expect_no_changes=True, color="never").outputs
    stack.refresh(expect_no_changes=True)
    assert {name: held[name].value for name in held} == {name: first[name].value for name in first}

    newer = stack.up(replace=[URN], color="never").outputs
    assert newer["image"].value == "ami-2"
    assert newer["host_key"].value != first["host_key"].value
    assert newer["private_key"].value != first["private_key"].value
    again = stack.up(expect_no_changes=True, color="never").outputs
    assert again["host_key"].value == newer["host_key"].value

    written = "".join(path.read_text() for path in tmp_path.rglob("*.json"))
    assert newer["host_key"].value in written
    for secret in (first["private_key"].value, newer["private_key"].value):
        assert secret.splitlines()[3] not in written
    stack.destroy()
