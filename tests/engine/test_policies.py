"""The policy pack under the real engine: the example stacks keep to it, and what does not is refused in the preview.

The examples for AWS are previewed with it in test_aws_program.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from components.domain.problems.policies import ANCHORING_TOO_EXPENSIVE
from components.domain.seed import derive
from tests.aws.moto import Moto, moto
from tests.aws.sample.stack import SampleStack
from tests.engine.aws_stack import CANONICAL, IMAGE, AwsStack
from tests.engine.policies import folder_of, held, pack, violated
from tests.program.stacks import example
from tests.run import Failed
from tests.stack import Stack


@pytest.fixture(scope="module")
def cloud() -> Iterator[Moto]:
    with moto(region="ap-northeast-2") as running:
        running.register_image(CANONICAL, IMAGE.format(20260101), datetime(2026, 1, 1, tzinfo=UTC))
        yield running


@pytest.mark.parametrize("name", ["dev", "existing"])
def test_an_example_keeps_to_all_of_them(tmp_path: Path, name: str) -> None:
    config = example(name)
    config.pop("identitySeed")
    assert held(Stack(tmp_path, config).preview(policy_packs=[pack()]))


def test_settings_that_the_program_only_warns_of(tmp_path: Path, cloud: Moto) -> None:
    config = example("mainnet")
    stack = AwsStack(tmp_path, cloud, config)
    stack.configure(
        {
            **config,
            "protection": False,
            "serviceChain": {"chainId": 3002, "nodes": 3},
            "anchoring": {"period": 10},
            "fees": {"limitPerDay": 1000},
            "bridge": {"threshold": 3, "childOwnerKey": derive(stack.seed, "operator/scn-1/child")},
        }
    )
    file = tmp_path / "state/passphrase"
    file.write_text(stack.passphrase)
    variables = {**stack.automation.workspace.env_vars, "PULUMI_CONFIG_PASSPHRASE_FILE": str(file)}
    del variables["PULUMI_CONFIG_PASSPHRASE"]
    stack.automation.workspace.env_vars = variables
    with pytest.raises(Failed) as refused:
        stack.preview(policy_packs=[pack()])
    found = violated(refused.value.run)
    assert {
        ("passphrase-on-mainnet", "parent-bridge"),
        ("owner-is-no-operator", "scn-1-child-vote"),
        ("threshold-below-pairs", "child-threshold"),
        ("threshold-below-pairs", "parent-threshold"),
        ("four-scns", "scn-1"),
        ("protected-on-mainnet", "scn-1-node"),
        ("protected-on-mainnet", "scn-1-data"),
        ("spend-limit", "scn-1-kscnd.service"),
        ("owner-keys-on-mainnet", "parent-bridge"),
        ("owner-keys-on-mainnet", "child-bridge"),
    } <= found
    assert {policy for policy, _ in found} == {
        "owner-is-no-operator",
        "threshold-below-pairs",
        "four-scns",
        "protected-on-mainnet",
        "passphrase-on-mainnet",
        "owner-keys-on-mainnet",
        "spend-limit",
    }
    assert ANCHORING_TOO_EXPENSIVE.code in refused.value.run.text
    for secret in (stack.seed, derive(stack.seed, "node/scn-1"), derive(stack.seed, "operator/scn-1/child")):
        assert secret not in refused.value.run.text


def test_resources_that_the_program_never_asks_for(tmp_path: Path, cloud: Moto) -> None:
    stack = SampleStack(tmp_path, cloud, folder_of("spoilt"))
    plugins = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi") / "plugins"
    (tmp_path / "home/plugins").symlink_to(plugins)
    with pytest.raises(Failed) as refused:
        stack.preview(policy_packs=[pack()])
    assert violated(refused.value.run) == {
        ("encrypted-volumes", "bad-volume"),
        ("imdsv2", "bad-instance"),
        ("nothing-open-to-the-world", "bad-rule"),
        ("no-driving-api-over-http", "bad-kscnd.service"),
    }
