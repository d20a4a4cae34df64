"""Below a public network: a new EN that could not follow it is refused before any machine, and one that runs is not."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pulumi
import pytest

from components.domain.problems.packages import FORK_AHEAD, PAST_FORK_UNKNOWN, STOPPED_AT_FORK
from components.dynamic.secrets.account import REFUSED
from components.dynamic.secrets.ssh_key import public_key
from components.stack import load
from tests.program import mocked
from tests.program.mocked import run
from tests.program.program import Asked, Program, provider_of
from tests.program.stacks import DIGEST, SEED, aws, example

AFTER, NEAR, BEFORE = date(2026, 11, 29), date(2026, 11, 1), date(2026, 10, 1)
"""Of the fork Permissionless of Kairos, on 2026-11-18."""
OLD, NEW = "v2.2.2", "v3.0.0"
ENS = ["alpha-en", "beta-en"]


def archives(ken: str, **more: Any) -> dict[str, Any]:
    return {
        **{
            program: {"url": f"https://archives.test/{program}-{version}.tar.gz", "sha256": DIGEST}
            for program, version in (("ken", ken), ("kscn", "v1.0.3"))
        },
        **more,
    }


def on_aws(ken: str, *pairs: str, **more: Any) -> dict[str, Any]:
    """Return the example on AWS, with other versions and pairs."""
    named = [{"name": pair, "scn": f"scn-{i + 1}"} for i, pair in enumerate(pairs or ("alpha", "beta"))]
    return {**example("kairos"), "packages": archives(ken, **more), "pairs": named}


def on_machines(ken: str, adopted: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return a stack on machines that exist, with the nodes of `adopted` on theirs."""
    names = [*ENS, "scn-1", "scn-2", "scn-3", "scn-4"]
    hosts = {
        name: {"address": f"192.0.2.{number}", "hostKey": public_key("3d" * 32), **((adopted or {}).get(name, {}))}
        for number, name in enumerate(names, 11)
    }
    return {
        **example("kairos"),
        "target": "existing",
        "packages": archives(ken, **more),
        "existing": {"user": "ubuntu", "hosts": hosts, "diskGib": 50},
    }


TARGETS = pytest.mark.parametrize("made", [on_aws, on_machines])


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the warnings of the program."""
    told: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", lambda message, *_args, **_named: told.append(str(message)))
    return told


def on(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    monkeypatch.setattr(load, "today", lambda: day)


def waits_for(one: Asked) -> set[str]:
    return {urn.rpartition("::")[2] for urn in one.options.get("dependencies", ())}


class Refusing(mocked._Answers):
    """Notes what `check` refuses, and goes on as if it had not: the engine would end there."""

    def __init__(self, before: Program | None = None) -> None:
        super().__init__({}, "", mocked.IMAGE, before.held if before else {})
        self.refused: dict[str, str] = {}

    def _compute(self, kind: str, name: str, inputs: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
        checked = provider_of(inputs).check(self._before.get((kind, name), {}), inputs)
        for failure in checked.failures or []:
            self.refused[name] = failure.reason
        return super()._compute(kind, name, {**inputs, REFUSED: None})


def refused(config: dict[str, Any], before: Program | None = None) -> dict[str, str]:
    """Return why accounts are refused, by name."""
    answers = Refusing(before)
    run(config, monitor=mocked._Monitor(answers))
    return answers.refused


@TARGETS
def test_a_new_en_is_refused_by_its_account(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, AFTER)
    found = refused(made(OLD))
    assert set(found) == {f"{en}-node" for en in ENS}
    for name, reason in found.items():
        assert reason.startswith(f"{name.removesuffix('-node')}: ken {OLD} ")
        assert reason.endswith(f"[{PAST_FORK_UNKNOWN.code}]")


@TARGETS
@pytest.mark.parametrize(("ken", "day"), [(NEW, AFTER), (OLD, BEFORE)])
def test_an_en_that_can_follow_the_network_is_made(
    made: Any, ken: str, day: date, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    on(monkeypatch, day)
    assert refused(made(ken)) == {}
    assert [one for one in said if "fork" in one] == []


def test_an_en_that_runs_is_warned_about_and_a_new_one_beside_it_is_refused(
    monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    on(monkeypatch, NEAR)
    before = run(on_aws(OLD))
    assert FORK_AHEAD.code in said[0]
    said.clear()
    on(monkeypatch, AFTER)
    later = run(on_aws(OLD), before=before)
    assert before.touched_by(later) == set()
    assert STOPPED_AT_FORK.code in said[0]
    assert list(refused(on_aws(OLD, "alpha", "beta", "gamma"), before)) == ["gamma-en-node"]


def test_a_running_en_may_go_back_to_a_version_that_stops(monkeypatch: pytest.MonkeyPatch, said: list[str]) -> None:
    on(monkeypatch, AFTER)
    before = run(on_aws(NEW))
    said.clear()
    assert refused(on_aws(OLD), before) == {}
    assert STOPPED_AT_FORK.code in said[0]


def test_a_fork_that_a_user_adds_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, AFTER)
    fork = {"network": "kairos", "name": "Kyoto", "block": 234_000_000, "expected": "2026-11-25", "since": "v3.1.0"}
    found = refused(on_aws(NEW, forks=[fork]))
    assert ["Kyoto" in reason for reason in found.values()] == [True, True]


# -- what waits for what -----------------------------------------------------------------------------------


def test_all_of_aws_waits_for_the_accounts_of_the_ens() -> None:
    program = run(on_aws(NEW))
    assert waits_for(program.one("aws", "aws")) == {f"{en}-node" for en in ENS}
    on_it = [one for one in program.resources if one.type.startswith("aws:")]
    assert len(on_it) > 50
    assert {one.options["provider"].split("::")[3] for one in on_it} == {"aws"}


def test_no_machine_is_looked_at_before_the_accounts_of_new_ens() -> None:
    node = {"node": {"data": "/var/kend/data", "conf": "/etc/kend/conf/kend.conf"}}
    every = run(on_machines(NEW))
    assert waits_for(every.one("HostPreflight", "preflight")) >= {f"{en}-node" for en in ENS}
    for claim in every.of("ExistingHost").values():
        assert "preflight" in waits_for(claim)
    one_adopted = run(on_machines(NEW, {"beta-en": node}))
    waited = waits_for(one_adopted.one("HostPreflight", "preflight"))
    assert "alpha-en-node" in waited
    assert "beta-en-node" not in waited


@pytest.mark.parametrize("config", [aws(), example("dev"), example("existing")], ids=["aws", "local", "existing"])
def test_a_private_parent_chain_changes_nothing(config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, AFTER)
    program = run(config)
    for one in (*program.of("aws").values(), *program.of("HostPreflight").values()):
        assert not [name for name in waits_for(one) if name.endswith("-node")]
    assert not [one.name for one in program.resources if "refused" in one.inputs]
    assert "forks" not in program.outputs


# -- outputs -----------------------------------------------------------------------------------------------

PERMISSIONLESS = {"name": "Permissionless", "block": 233_366_400, "since": "v3.0.0"}
OSAKA = {"name": "Osaka", "block": 209_134_000, "since": "v2.2.0"}


@pytest.mark.parametrize(
    ("ken", "shown"),
    [(NEW, {"newest": PERMISSIONLESS, "lacks": []}), (OLD, {"newest": OSAKA, "lacks": [PERMISSIONLESS]})],
)
def test_the_forks_of_each_version_are_an_output_whatever_the_day(
    ken: str, shown: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in (BEFORE, NEAR):
        on(monkeypatch, day)
        assert run(on_aws(ken)).outputs["forks"] == {"kairos": {ken: shown}}


def test_the_forks_of_a_pair_with_its_own_version_are_shown_beside_the_others(
    monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    on(monkeypatch, NEAR)
    config = on_aws(OLD)
    config["pairs"][1]["packages"] = {"ken": archives(NEW)["ken"]}
    assert run(config).outputs["forks"]["kairos"] == {
        OLD: {"newest": OSAKA, "lacks": [PERMISSIONLESS]},
        NEW: {"newest": PERMISSIONLESS, "lacks": []},
    }
    (warning,) = [one for one in said if FORK_AHEAD.code in one]
    assert "alpha-en" in warning
    assert "beta-en" not in warning
    on(monkeypatch, AFTER)
    assert set(refused(config)) == {"alpha-en-node"}


def test_an_existing_en_has_the_version_that_it_answers(monkeypatch: pytest.MonkeyPatch, said: list[str]) -> None:
    on(monkeypatch, AFTER)
    node = {"node": {"data": "/var/kend/data", "conf": "/etc/kend/conf/kend.conf"}}
    answers = mocked._Answers.new_resource

    def answering(self: mocked._Answers, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        id_, outputs = answers(self, args)
        version = {"version": "Kaia/v2.2.1/linux-amd64/go1.25"} if args.typ.endswith(":AdoptedNode") else {}
        return id_, {**outputs, **version}

    monkeypatch.setattr(mocked._Answers, "new_resource", answering)
    program = run(on_machines(NEW, {"beta-en": node}))
    assert program.outputs["forks"]["kairos"] == {
        "v2.2.1": {"newest": OSAKA, "lacks": [PERMISSIONLESS]},
        "v3.0.0": {"newest": PERMISSIONLESS, "lacks": []},
    }
    (warning,) = said
    assert STOPPED_AT_FORK.code in warning
    assert "beta-en" in warning
    assert SEED not in warning
