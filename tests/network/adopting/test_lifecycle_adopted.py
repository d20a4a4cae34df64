"""Nodes that exist already become the second pair of a bridge in use, and are put back. Real nodes, no engine."""

import difflib
import json
from contextlib import closing

import pytest

from components.adoption.place import OURS
from components.adoption.slot import Taken
from components.chain import bridge_node
from components.chain.console import Console
from components.dynamic.adopted_identity import AdoptedIdentity, AdoptedIdentityProvider
from components.dynamic.adopted_node import AdoptedNode, AdoptedNodeProvider
from components.dynamic.base import Props
from components.nodes.bridge_keys import BridgeKeys, main_bridge, sub_bridge
from tests.lifecycle import Behind, Life, lifecycle
from tests.network.brownfield import CHILD, DATA, PAIRED, PARENT, USER, Brownfield

EN, SCN = "beta-en", "beta-scn"
TAKEN = "alpha-en"


def program(field: Brownfield, name: str, keys: BridgeKeys, **more: object) -> Props:
    """Return the inputs of a node as the program gives them."""
    en = name.endswith("-en")
    return {
        "node": field.login(name),
        "role": "en" if en else "scn",
        "chain_id": float(PARENT if en else CHILD),
        "data": DATA,
        "conf": field.layout(name).conf,
        "conf_keys": dict(keys.keys),
        "needed": dict(keys.needed),
        "well": True,
        **more,
    }


def conf_of(field: Brownfield, name: str) -> str:
    return field.disk(name, field.layout(name).conf).read_text()


def edit_conf(field: Brownfield, name: str, old: str, new: str) -> None:
    path = field.disk(name, field.layout(name).conf)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def starts(field: Brownfield, name: str) -> str:
    """Return what changes when a node is restarted."""
    layout = field.layout(name)
    return field.disk(name, f"{DATA}/{layout.package.daemon}.pid").read_text()


def runs_as(field: Brownfield, name: str) -> str:
    daemon = field.layout(name).package.daemon
    return field.network.run(name, f"stat -c %U /proc/$(cat {DATA}/{daemon}.pid)").strip()


def secret_of(field: Brownfield) -> list[str]:
    return [field.login(EN)["private_key"].splitlines()[3]]


def test_an_en_whose_slot_is_taken_is_refused_before_anything_changes(field: Brownfield) -> None:
    before, runs = conf_of(field, TAKEN), starts(field, TAKEN)
    inputs = program(field, TAKEN, main_bridge(), partner=field.login(SCN))
    with pytest.raises(Taken, match="an EN serves one SCN alone, so beta-scn would never get through"):
        AdoptedNodeProvider().create(inputs)
    assert (conf_of(field, TAKEN), starts(field, TAKEN)) == (before, runs)


def test_a_pair_that_works_is_adopted_and_let_go_without_a_touch(field: Brownfield) -> None:
    inputs = {
        TAKEN: program(field, TAKEN, main_bridge(), partner=field.login("alpha-scn")),
        "alpha-scn": program(field, "alpha-scn", sub_bridge(PAIRED), peer=field.kni(TAKEN)),
    }
    before = {name: (conf_of(field, name), starts(field, name)) for name in inputs}
    provider = AdoptedNodeProvider()
    for name, props in inputs.items():
        provider.delete(name, dict(provider.create(props).outs or {}))
        assert (conf_of(field, name), starts(field, name)) == before[name]
        assert not list(field.disk(name, DATA).glob(f"*{OURS}*"))


def test_an_en_lives_and_is_put_back(field: Brownfield) -> None:
    before = conf_of(field, EN)
    inputs = program(field, EN, main_bridge(), partner=field.login(SCN))
    drift = Behind(lambda: edit_conf(field, EN, "SC_MAIN_BRIDGE=1", "SC_MAIN_BRIDGE=0"))
    life = Life(AdoptedNodeProvider(), AdoptedNode)
    lifecycle(life, inputs, drifts=[(drift, ["conf_keys"])], secrets=secret_of(field), lasting=True)
    assert conf_of(field, EN) == before
    assert runs_as(field, EN) == USER


def test_the_document_s_second_pair(field: Brownfield, capsys: pytest.CaptureFixture[str]) -> None:
    """EN and SCN in their order, as a stack does it: adopted, changed, drifted, mended, and put back."""
    confs = {name: conf_of(field, name) for name in (EN, SCN)}
    en, scn = Life(AdoptedNodeProvider(), AdoptedNode), Life(AdoptedNodeProvider(), AdoptedNode)
    who = Life(AdoptedIdentityProvider(), AdoptedIdentity)
    en_program = program(field, EN, main_bridge(), partner=field.login(SCN))
    assert en.up(en_program) == "create"
    address = field.network.address(EN)
    asked = {"node": field.login(EN), "role": "en", "address": address, "bridge": True}
    who_program = {**asked, **dict.fromkeys(("public_key", "kni", "parent_operator", "child_operator"))}
    assert who.up(who_program) == "create"
    assert who.outs["kni"] == field.kni(EN)

    scn_program = program(field, SCN, sub_bridge(PAIRED), peer=who.outs["kni"])
    assert scn.up(scn_program) == "create"
    text = field.disk(SCN, f"{DATA}/main-bridges.json").read_text()
    assert json.loads(text) == [field.kni(EN)]
    assert field.network.run(SCN, f"stat -c %U {DATA}/main-bridges.json").strip() == runs_as(field, SCN) == USER
    assert changed_keys(confs[SCN], conf_of(field, SCN)) == {
        "SC_SUB_BRIDGE",
        "SC_PARENT_CHAIN_ID",
        "SC_ANCHORING",
        "SC_ANCHORING_PERIOD",
    }
    assert changed_keys(confs[EN], conf_of(field, EN)) == {"SC_MAIN_BRIDGE"}
    with closing(Console(field.endpoint(SCN))) as console:
        parent, child = bridge_node.operators(console)
    runs = starts(field, SCN)
    assert [life.up(inputs) for life, inputs in ((en, en_program), (scn, scn_program))] == ["same", "same"]

    period = {**sub_bridge(PAIRED).keys, "SC_ANCHORING_PERIOD": "20"}
    assert scn.up({**scn_program, "conf_keys": period}) == "update"
    assert starts(field, SCN) != runs
    with closing(Console(field.endpoint(SCN))) as console:
        assert bridge_node.operators(console) == (parent, child), "accounts that the node made are kept"
        assert console.call("subbridge_getAnchoringPeriod") == 20

    drift_and_mend(field, scn, {**scn_program, "conf_keys": period}, capsys)
    for life, name in ((scn, SCN), (en, EN)):
        life.delete()
        assert conf_of(field, name) == confs[name]
        assert not list(field.disk(name, DATA).glob(f"*{OURS}*"))
        with closing(Console(field.endpoint(name))) as console:
            assert console.web3.eth.block_number > 0
    assert not field.disk(SCN, f"{DATA}/main-bridges.json").exists()


def drift_and_mend(field: Brownfield, scn: Life, inputs: Props, capsys: pytest.CaptureFixture[str]) -> None:
    """Have people edit the conf and main-bridges.json and stop the node; see each in words, and mended."""
    listed = field.disk(SCN, f"{DATA}/main-bridges.json")
    edit_conf(field, SCN, "SC_ANCHORING=1", "SC_ANCHORING=0")
    listed.write_text(f'["{field.kni(TAKEN)}"]')
    field.network.run(SCN, f"{field.layout(SCN).daemon} stop")
    capsys.readouterr()
    assert scn.refresh()
    said = capsys.readouterr().err
    assert f"{SCN}: SC_ANCHORING in {field.layout(SCN).conf} is 0, and was set to 1" in said
    assert f"{DATA}/main-bridges.json lists {field.kni(TAKEN)}, and was set to {field.kni(EN)}" in said
    assert f"{SCN}: it does not answer" in said
    assert scn.up(inputs) == "update"
    assert json.loads(listed.read_text()) == [field.kni(EN)]
    assert "\nSC_ANCHORING=1" in conf_of(field, SCN)
    assert scn.refresh()
    assert scn.up(inputs) == "same"


def changed_keys(old: str, new: str) -> set[str]:
    """Return the keys in the lines that are different; nothing else may be."""
    lines = [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[0] in "+-"]
    return {line[2:].partition("=")[0] for line in lines}
