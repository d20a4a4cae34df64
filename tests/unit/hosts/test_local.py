"""What local hosts and networks accept, and their names in the kernel."""

from types import SimpleNamespace

import pytest

from components.domain.problems.hosts import NO_LINUX, NO_NAMESPACES, NO_ROOT, OTHER_SEED, PROGRAM_MISSING
from components.dynamic.base import Props
from components.dynamic.machines.local_host import LocalHostInputs, LocalHostProvider
from components.dynamic.machines.local_network import LocalNetworkProvider, leg_of
from components.dynamic.secrets.ssh_key import private_key, public_key
from components.hosts.local_preflight import missing

NETWORK: Props = {"network": "ab12cd34", "subnet": "100.64.8.0/22"}
HOST: Props = {
    "network": "ab12cd34",
    "name": "alpha-en",
    "address": "100.64.9.7",
    "prefix_length": 22.0,  # numbers come as floats from Pulumi
    "host_private_key": private_key("11" * 32),
    "authorized_key": public_key("22" * 32),
}


def test_names_fit_the_kernel() -> None:
    host = LocalHostInputs.model_validate(HOST)
    assert len(leg_of("ab12cd34")) <= 15
    assert host.port == "port263"
    assert host.mac == "02:00:64:40:09:07"


def test_good_inputs_pass() -> None:
    assert not LocalNetworkProvider().check({}, dict(NETWORK)).failures
    assert not LocalHostProvider().check({}, dict(HOST)).failures


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("network", "../../et"),
        ("network", "ab12cd34\n"),
        ("name", ".."),
        ("name", "a/b"),
        ("name", "Alpha"),
        ("name", "-alpha"),
        ("name", "a" * 64),
        ("address", "100.64.9"),
        ("prefix_length", 8),
        ("host_private_key", "secret"),
        ("authorized_key", public_key("22" * 32) + "\nssh-ed25519 AAAA"),
    ],
)
def test_unsafe_inputs_are_refused(name: str, value: object) -> None:
    failures = LocalHostProvider().check({}, {**HOST, name: value}).failures
    assert [failure.property for failure in failures or []] == [name]
    assert "secret" not in str(failures)


@pytest.mark.parametrize("name", sorted(HOST))
def test_any_change_replaces_the_machine(name: str) -> None:
    diff = LocalHostProvider().diff("", {**HOST, "instance": "1"}, {**HOST, name: "other"})
    assert diff.changes
    assert diff.replaces == [name]
    assert diff.delete_before_replace


def test_another_seed_does_not_replace_the_network() -> None:
    provider = LocalNetworkProvider()
    (failure,) = provider.check(dict(NETWORK), {**NETWORK, "network": "ffffffff"}).failures or []
    assert OTHER_SEED.code in failure.reason
    assert NETWORK["network"] in failure.reason
    assert not provider.check(dict(NETWORK), dict(NETWORK)).failures


def test_no_change_replaces_nothing() -> None:
    assert not LocalHostProvider().diff("", {**HOST, "instance": "1"}, dict(HOST)).changes


def test_missing_programs_are_reported_with_their_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda tool: None if tool == "sshd" else f"/bin/{tool}")
    (said,) = missing()
    assert PROGRAM_MISSING.code in said
    assert "sshd" in said
    assert "openssh-server" in said


def test_what_the_monitoring_misses_is_reported_where_it_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda tool: None if tool in ("promtool", "amtool") else f"/bin/{tool}")
    monkeypatch.setattr("subprocess.run", lambda *_args, **_more: SimpleNamespace(returncode=0))
    assert missing() == []
    said = missing(monitored=True)
    packages = ["apt-get install prometheus,", "apt-get install prometheus-alertmanager,"]
    assert all(package in one for package, one in zip(packages, said, strict=True))
    assert all(PROGRAM_MISSING.code in one and "monitoring.enabled false" in one for one in said)


def test_a_missing_root_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    (said,) = missing()
    assert NO_ROOT.code in said


def test_another_system_and_a_container_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda tool: f"/bin/{tool}")
    monkeypatch.setattr("subprocess.run", lambda *_args, **_more: SimpleNamespace(returncode=1))
    (said,) = missing()
    assert NO_NAMESPACES.code in said
    monkeypatch.setattr("sys.platform", "darwin")
    (said,) = missing()
    assert NO_LINUX.code in said
