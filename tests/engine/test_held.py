"""What is made once is held, and what is secret stays so: identities and genesis under the real engine."""

import json
from collections.abc import Callable
from pathlib import Path

import pulumi
from pulumi import automation

KEY, OTHER_KEY = "11" * 32, "22" * 32
ADDRESS = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A"
"""Of the private key 0x11…11."""
PASSWORD = "a password of thirty-two letters"


def program(key: str, genesis: str) -> Callable[[], None]:
    def run() -> None:
        from components.dynamic.nodes.genesis import Genesis
        from components.dynamic.secrets.account import Account

        account = Account(
            "operator", {"private_key": pulumi.Output.secret(key), "password": pulumi.Output.secret(PASSWORD)}
        )
        pulumi.export("address", account.address)
        pulumi.export("keystore", account.keystore)
        pulumi.export("genesis", Genesis("chain", genesis).text)

    return run


def test_identity_and_genesis_are_held(tmp_path: Path) -> None:
    stack = automation.create_stack(
        "held",
        project_name="held",
        program=program(KEY, "first"),
        opts=automation.LocalWorkspaceOptions(
            work_dir=str(tmp_path),
            project_settings=automation.ProjectSettings("held", "python"),
            env_vars={"PULUMI_CONFIG_PASSPHRASE": "x", "PULUMI_BACKEND_URL": tmp_path.as_uri()},
        ),
    )
    made = stack.up(color="never")
    assert made.outputs["address"].value == ADDRESS
    keystore = json.loads(made.outputs["keystore"].value)
    assert keystore["version"] == 3
    assert keystore["crypto"]["kdfparams"]["n"] == 4096
    assert made.outputs["keystore"].secret

    stack.workspace.program = program(OTHER_KEY, "second")
    again = stack.up(expect_no_changes=True, color="never")
    assert again.outputs["address"].value == ADDRESS
    assert again.outputs["genesis"].value == "first"
    assert json.loads(again.outputs["keystore"].value) == keystore
    stack.refresh(expect_no_changes=True)

    written = "".join(path.read_text() for path in tmp_path.rglob("*.json"))
    assert ADDRESS in written
    for secret in (KEY, OTHER_KEY, PASSWORD, keystore["crypto"]["ciphertext"]):
        assert secret not in written
        assert secret not in made.stdout + again.stdout
    stack.destroy()
