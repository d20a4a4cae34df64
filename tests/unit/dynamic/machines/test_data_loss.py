"""How much of a chain's data one run may take away: by edits, by `--replace`, and of machines that are dead."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.domain.problems.hosts import (
    CLAIM_NOT_KEPT,
    CLAIM_UNKNOWN,
    HOST_SILENT,
    NO_SPARE_SCN,
    ONLY_COPY,
    TOO_MANY_AT_ONCE,
)
from components.dynamic.base import Props, Provider
from components.dynamic.machines import data_loss, existing_host, first_login, local_host, local_namespaces
from components.dynamic.machines.data_loss import DataLossError, Ledger
from components.dynamic.machines.existing_host import ExistingHostError, ExistingHostProvider
from components.dynamic.machines.first_login import FirstLoginProvider
from components.dynamic.machines.local_host import LocalHostProvider
from components.dynamic.machines.local_namespaces import LocalError
from components.ssh.errors import NoAnswer
from components.stack.hosts import holdings
from components.topology.checks.configuration import read
from components.topology.data_holders import Holding
from tests.unit.dynamic.machines.test_first_login import KNOWN, PROPS
from tests.unit.hosts.test_local import HOST
from tests.unit.samples import raw

SCNS = ("scn-1", "scn-2", "scn-3", "scn-4")
FOUR = Holding(nodes=SCNS, quorum=3)
THREE = Holding(nodes=SCNS[:3], quorum=3)
SILENCE = NoAnswer("10.0.0.5:22", "does not answer")
ALONE = Holding(nodes=("parent",), quorum=1)


@pytest.fixture(autouse=True)
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Return the ledger of a new run."""
    new = Ledger()
    for module in (data_loss, local_host, existing_host, first_login):
        monkeypatch.setattr(module, "LEDGER", new)
    return new


def declared(ledger: Ledger, holding: Holding) -> Ledger:
    for name in holding.nodes:
        ledger.declare(name, holding)
    return ledger


def test_everybody_of_a_chain_is_known() -> None:
    found = holdings(read(raw()))
    assert set(found) == {"parent", *SCNS}
    assert found["scn-2"] == FOUR
    assert found["parent"] == ALONE


def test_of_four_one_may_lose_its_data(ledger: Ledger) -> None:
    declared(ledger, FOUR).require_deletable("scn-2")
    ledger.require_deletable("scn-2")
    with pytest.raises(DataLossError, match=f"^scn-3: .* 3 of 4 .* scn-2 .*{TOO_MANY_AT_ONCE.code}"):
        ledger.require_deletable("scn-3")
    with pytest.raises(DataLossError, match=f"^scn-4: .* scn-2 .*{TOO_MANY_AT_ONCE.code}"):
        ledger.require_deletable("scn-4")


def test_up_to_three_none_may(ledger: Ledger) -> None:
    with pytest.raises(DataLossError, match=f"^scn-1: .*{NO_SPARE_SCN.code}"):
        declared(ledger, THREE).require_deletable("scn-1")
    with pytest.raises(DataLossError, match=f"^parent: .*{ONLY_COPY.code}"):
        declared(ledger, ALONE).require_deletable("parent")


def test_what_the_program_does_not_have_any_more_goes(ledger: Ledger) -> None:
    for name in SCNS:  # a destroy, in which no check comes before
        ledger.require_deletable(name)
        ledger.require_startable_empty(name)


def test_dead_ones_are_made_again_unless_they_could_begin_another_chain(ledger: Ledger) -> None:
    declared(ledger, FOUR).require_startable_empty("scn-1")
    ledger.require_startable_empty("scn-2")
    with pytest.raises(DataLossError, match=f"^scn-1, scn-2, scn-3 .*{TOO_MANY_AT_ONCE.code}"):
        ledger.require_startable_empty("scn-3")
    with pytest.raises(DataLossError, match=f"^scn-3: .* scn-1, scn-2 .*{TOO_MANY_AT_ONCE.code}"):
        ledger.require_deletable("scn-3")
    with pytest.raises(DataLossError, match=f"^parent .*{ONLY_COPY.code}"):
        declared(ledger, ALONE).require_startable_empty("parent")


def test_disks_that_stay_are_exchanged_machine_by_machine(ledger: Ledger) -> None:
    declared(ledger, THREE).require_stoppable("scn-1")
    with pytest.raises(DataLossError, match=f"make replace MACHINE=scn-2.*{TOO_MANY_AT_ONCE.code}"):
        ledger.require_stoppable("scn-2")


def scn(name: str, **changed: object) -> Props:
    return {**HOST, "name": name, "holding": FOUR.model_dump(), **changed}


def with_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Give all local hosts chain data; return the folders that are removed."""
    removed: list[str] = []
    monkeypatch.setattr(local_host, "folder_of", lambda _network: tmp_path)
    for name in SCNS:
        (tmp_path / name / "srv/data/klay/chaindata").mkdir(parents=True)
    monkeypatch.setattr(local_namespaces, "stop", lambda _folder: None)
    monkeypatch.setattr(local_host, "_unplug", lambda _inputs: None)
    monkeypatch.setattr(local_namespaces, "remove_folder", lambda folder: removed.append(folder.name))
    return removed


def test_an_edit_that_moves_all_local_hosts_is_refused_at_preview(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_data(monkeypatch, tmp_path)
    provider = LocalHostProvider()
    for name in SCNS:  # nothing changes
        assert not provider.check(scn(name), scn(name)).failures
    first, *others = (provider.check(scn(name), scn(name, prefix_length=24.0)).failures for name in SCNS)
    assert not first
    assert all(failures and TOO_MANY_AT_ONCE.code in failures[0].reason for failures in others)


def test_local_hosts_that_are_replaced_keep_a_quorum(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    removed = with_data(monkeypatch, tmp_path)
    provider = LocalHostProvider()
    for name in SCNS:
        assert not provider.check({}, scn(name)).failures, "the engine hides the old inputs of what it replaces"
    provider.delete("", scn("scn-4"))
    for name in SCNS[:3]:
        with pytest.raises(LocalError, match=f"^{name}: .*{TOO_MANY_AT_ONCE.code}"):
            provider.delete("", scn(name))
    assert removed == ["scn-4"]


def test_a_destroy_removes_all_local_hosts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    removed = with_data(monkeypatch, tmp_path)
    for name in SCNS:
        LocalHostProvider().delete("", scn(name))
    assert removed == [*SCNS]


def test_a_host_without_a_holding_is_left_alone_when_it_gets_one() -> None:
    provider = LocalHostProvider()
    old = {name: value for name, value in scn("scn-1").items() if name != "holding"}
    checked = provider.check(old, scn("scn-1"))
    assert not checked.failures
    assert not provider.diff("", old, checked.inputs).changes


CLAIM: Props = {
    "login": PROPS["login"],
    "machine": "10.0.0.5 ssh-ed25519 AAAA",
    "owner": "ab12cd34",
    "stack": "test",
    "folder": "/srv/servicechain",
    "unit": "kscnd.service",
    "account": "kaia",
    "number": 505.0,
    "role": "scn",
    "holding": FOUR.model_dump(),
}


def claim(name: str, **changed: object) -> Props:
    return {**CLAIM, "name": name, "instance": f"claim-{name}", **changed}


def edited(name: str, **changed: object) -> Props:
    return {**claim(name, **changed), "instance": None}


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str] | None]:
    """Return what is found on each machine, which a test may change; None for one that is dead."""
    found: dict[str, list[str] | None] = {name: [f"claim-{name}", "data"] for name in SCNS}

    def look(inputs: Any) -> list[str]:
        lines = found[inputs.name] if inputs.folder == CLAIM["folder"] else []
        if lines is None or inputs.login.host == "10.9.9.9":
            raise SILENCE
        return lines

    monkeypatch.setattr(existing_host, "_look", look)
    return found


SAME_MACHINE: Mapping[str, Props] = {
    "address": {"machine": "10.0.0.6 ssh-ed25519 AAAA"},
    "host key": {"machine": "10.0.0.5 ssh-ed25519 BBBB"},
    "root": {"folder": "/data/servicechain"},
    "service": {"unit": None, "account": None, "number": None},
    "user": {"login": {**PROPS["login"], "user": "ubuntu", "sudo": True}, "folder": "/opt/servicechain"},
}


@pytest.mark.parametrize("edit", SAME_MACHINE.values(), ids=SAME_MACHINE)
def test_an_edit_of_all_machines_replaces_none(machines: object, edit: Props) -> None:  # noqa: ARG001
    provider = ExistingHostProvider()
    for name in SCNS:
        checked = provider.check(claim(name), edited(name, **edit))
        assert not checked.failures
        diff = provider.diff("", claim(name), checked.inputs)
        assert (diff.changes, diff.replaces) == (True, [])


def failures_of(provider: Provider[Any], news: Mapping[str, Props], olds: Mapping[str, Props]) -> list[str]:
    checked = [provider.check(olds[name], news[name]) for name in SCNS]
    return [failure.reason for one in checked for failure in one.failures or []]


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (
            {"login": {**PROPS["login"], "user": "ops"}, "folder": "/home/ops/servicechain", "unit": None},
            "no rights of root",
        ),
        ({"owner": "00000000"}, "identitySeed is another one"),
    ],
)
def test_what_cannot_move_is_replaced_machine_by_machine(machines: object, edit: Props, why: str) -> None:  # noqa: ARG001
    olds = {name: claim(name) for name in SCNS}
    said = failures_of(ExistingHostProvider(), {name: edited(name, **edit) for name in SCNS}, olds)
    assert len(said) == 3
    assert all(why in one for one in said)
    assert all(problem.code in one for one in said for problem in (CLAIM_NOT_KEPT, TOO_MANY_AT_ONCE))


def test_another_machine_is_another_claim(machines: dict[str, list[str] | None]) -> None:
    machines["scn-1"] = []
    checked = ExistingHostProvider().check(claim("scn-1"), edited("scn-1", machine="10.0.0.7 ssh-ed25519 CCCC"))
    assert not checked.failures, "nothing of the chain is found on the old one either"
    assert ExistingHostProvider().diff("", claim("scn-1"), checked.inputs).replaces == ["instance"]


def test_a_machine_that_does_not_answer_is_not_taken_for_another_one(machines: object) -> None:  # noqa: ARG001
    moved = edited("scn-1", machine="10.9.9.9 ssh-ed25519 AAAA", login={**PROPS["login"], "host": "10.9.9.9"})
    (failure,) = ExistingHostProvider().check(claim("scn-1"), moved).failures or []
    assert failure.reason.startswith("scn-1: ")
    assert all(problem.code in failure.reason for problem in (CLAIM_UNKNOWN, HOST_SILENT))


def test_claims_that_are_replaced_keep_a_quorum(
    machines: dict[str, list[str] | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    released: list[str] = []

    def release(inputs: Any, *_rest: str, **_more: float) -> str:
        released.append(inputs.name)
        return ""

    monkeypatch.setattr(existing_host, "_run", release)
    provider = ExistingHostProvider()
    for name in SCNS:
        provider.check({}, edited(name))
    machines["scn-1"] = [f"claim-{SCNS[0]}"]  # it has no chain yet, so there is nothing to lose
    provider.delete("", claim("scn-1"))
    provider.delete("", claim("scn-2"))
    for name in SCNS[2:]:
        with pytest.raises(ExistingHostError, match=f"^{name}: .*{TOO_MANY_AT_ONCE.code}"):
            provider.delete("", claim(name))
    assert released == ["scn-1", "scn-2"]


def test_machines_of_a_cloud_are_exchanged_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    up: dict[str, bool] = dict.fromkeys(SCNS, True)
    monkeypatch.setattr(first_login, "_shows_own_key", lambda inputs: up[inputs.name])
    provider = FirstLoginProvider()
    holding = {"holding": FOUR.model_dump()}
    olds = {name: {**KNOWN, "name": name, **holding} for name in SCNS}
    replaced = {name: {**PROPS, "name": name, "machine": pulumi.UNKNOWN, **holding} for name in SCNS}
    said = failures_of(provider, replaced, olds)
    assert len(said) == 3
    assert re.search(r"^scn-2 .* scn-1\b", said[0])
    assert TOO_MANY_AT_ONCE.code in said[0]
    assert not failures_of(provider, {name: {**PROPS, "name": name, **holding} for name in SCNS}, olds)


def test_dead_machines_of_a_cloud_are_made_again_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(_inputs: object) -> bool:
        raise SILENCE

    monkeypatch.setattr(first_login, "_shows_own_key", dead)
    holding = {"holding": FOUR.model_dump()}
    olds = {name: {**KNOWN, "name": name, **holding} for name in SCNS}
    news = {name: {**PROPS, "name": name, "machine": pulumi.UNKNOWN, **holding} for name in SCNS}
    assert not failures_of(FirstLoginProvider(), news, olds)
