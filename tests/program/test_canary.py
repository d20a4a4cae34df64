"""A pair with archives of its own: which nodes get them, and that the outputs tell of it."""

from typing import Any

import pulumi
import pytest

from components.domain.problems.packages import VERSIONS_DIFFER
from tests.program import mocked
from tests.program.mocked import made, run
from tests.program.program import Program
from tests.program.stacks import DIGEST, aws, example

NEW = {
    program: {"url": f"https://archives.test/{program}-v2.2.1.tar.gz", "sha256": "cd" * 32}
    for program in ("ken", "kscn")
}
PROGRAMS = {"ken": "pair-1-en", "kscn": "scn-1"}
BOTH = ["ken", "kscn"]


def canary(*programs: str, **changed: Any) -> dict[str, Any]:
    """Return a stack on AWS whose first pair has newer archives of these programs."""
    config = aws(2, **changed)
    config["pairs"][0]["packages"] = {program: NEW[program] for program in programs}
    return config


def moved(*programs: str) -> dict[str, Any]:
    """Return the stack after the trial: all nodes have these archives."""
    config = aws(2)
    return {**config, "packages": {**config["packages"], **{program: NEW[program] for program in programs}}}


def node_of(name: str) -> str:
    """Return of which node a resource is, by its name."""
    return next((node for node in (*ENS, *SCNS) if name == node or name.startswith(f"{node}-")), name)


ENS, SCNS = ["pair-1-en", "pair-2-en"], ["scn-1", "scn-2", "scn-3", "scn-4"]


def changed(before: Program, after: Program) -> set[str]:
    """Return whose resources are touched, and others by their own names.

    The last UpdatedNode of a pair is touched without a restart of its node, because the pair has to prove itself.
    """
    touched = {(type_, name) for type_, name in before.touched_by(after) if type_ != "UpdatedNode"}
    return {node_of(name) for _, name in touched} | restarted(before, after)


def restarted(before: Program, after: Program) -> set[str]:
    """Return the nodes that read something else at their start."""
    old, new = ({name: one.inputs["runs"] for name, one in run.of("UpdatedNode").items()} for run in (before, after))
    assert old.keys() == new.keys()
    return {name for name in old if old[name] != new[name]}


@pytest.fixture(scope="module")
def before() -> Program:
    return made(aws(2))


@pytest.mark.parametrize("programs", [["ken"], ["kscn"], BOTH])
def test_only_the_nodes_of_the_pair_are_upgraded(before: Program, programs: list[str]) -> None:
    after = run(canary(*programs), before=before)
    own = {PROGRAMS[program] for program in programs}
    assert changed(before, after) == restarted(before, after) == own
    touched = before.touched_by(after)
    assert {name for type_, name in touched if type_ == "UpdatedNode"} == {*own, "scn-1"}
    for program in programs:
        node = PROGRAMS[program]
        assert {("Command", f"{node}-unpack"), ("UpdatedNode", node)} <= touched
        unpack = after.one("Command", f"{node}-unpack").inputs
        assert NEW[program]["url"] in unpack["create"]
        assert NEW[program]["sha256"] in unpack["triggers"]
        assert DIGEST not in str(unpack)
        assert after.one("UpdatedNode", node).inputs["package_version"] == "v2.2.1"


@pytest.mark.parametrize("programs", [["ken"], ["kscn"], BOTH])
def test_the_end_of_the_trial_touches_only_the_other_nodes(programs: list[str]) -> None:
    trial = made(canary(*programs))
    after = run(moved(*programs), before=trial)
    all_nodes = {"ken": ENS, "kscn": SCNS}
    own = {PROGRAMS[program] for program in programs}
    others = {node for program in programs for node in all_nodes[program]} - own
    assert changed(trial, after) == restarted(trial, after) == others
    assert not {("UpdatedNode", "pair-1-en"), ("UpdatedNode", "scn-1")} & trial.touched_by(after)


def test_a_trial_that_is_given_up_touches_only_its_nodes() -> None:
    trial = made(canary(*BOTH))
    after = run(aws(2), before=trial)
    assert changed(trial, after) == restarted(trial, after) == {"pair-1-en", "scn-1"}


def test_only_the_machine_that_downloads_its_archive_needs_curl() -> None:
    config = example("existing")
    config["pairs"][0]["packages"] = {"ken": NEW["ken"]}
    program = run(config)
    looked_at = {
        one["needs"]["host"]: one["needs"] for one in program.one("HostPreflight", "preflight").inputs["hosts"]
    }
    name = f"{config['pairs'][0]['name']}-en"
    assert [host for host, needs in looked_at.items() if "curl" in needs["tools"]] == [name]
    assert [host for host, needs in looked_at.items() if not needs["files"]] == [name]


# -- outputs -----------------------------------------------------------------------------------------------


def test_the_outputs_show_the_version_of_each_node() -> None:
    outputs = made(canary(*BOTH)).outputs
    assert {name: (pair["en"]["version"], pair["scn"]["version"]) for name, pair in outputs["pairs"].items()} == {
        "pair-1": ("v2.2.1", "v2.2.1"),
        "pair-2": ("v1.0.3", "v1.0.3"),
    }
    assert [node["version"] for node in outputs["serviceChainNodes"].values()] == ["v2.2.1", *["v1.0.3"] * 3]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return what each node answers of its version, to be filled; the bridge is read as one that all pairs vote in."""
    told: dict[str, str] = {}
    answers = mocked._Answers.new_resource

    def answering(self: mocked._Answers, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        id_, outputs = answers(self, args)
        if args.typ.endswith(":UpdatedNode"):
            outputs = {**outputs, "version": told.get(args.name, "Klaytn/v1.0.3/linux-amd64/go1.22.1")}
        if args.typ.endswith(":Resilience"):
            side = {"owner": "0x1", "threshold": 1, "configuration": 1}
            voters = {
                chain: [voter[chain] for voter in mocked._plain(dict(args.inputs))["voters"]]
                for chain in ("parent", "child")
            }
            contracts = {chain: {**side, "operators": operators} for chain, operators in voters.items()}
            outputs = {**outputs, "contracts": contracts, "unable": []}
        return id_, outputs

    monkeypatch.setattr(mocked._Answers, "new_resource", answering)
    return told


def test_what_it_survives_names_the_versions_that_the_nodes_tell(told: dict[str, str]) -> None:
    told["pair-1-en"] = "Kaia/v2.2.1/linux-amd64/go1.25"
    survives = run(aws(2)).outputs["survives"]
    assert survives.endswith(
        f"; versions differ: pair-1 EN v2.2.1, SCN v1.0.3; pair-2 EN v1.0.3, SCN v1.0.3 [{VERSIONS_DIFFER.code}]"
    )


def test_what_it_survives_does_not_name_versions_of_the_settings(told: dict[str, str]) -> None:
    survives = run(canary(*BOTH)).outputs["survives"]
    assert told == {}
    assert survives == "2 pairs, threshold 1: survives the loss of 1 pair, no hostile operator"
