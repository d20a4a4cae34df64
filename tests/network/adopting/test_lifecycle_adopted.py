"""Nodes that exist already become the second pair of a bridge in use, and are put back. Real nodes, no engine."""

import pytest

from components.adoption.commands import OURS
from components.adoption.main_bridge_slot import SlotTaken
from components.domain.kni import consensus_kni
from components.domain.ports import SCN_PORT
from components.domain.problems.nodes import SLOT_TAKEN
from components.dynamic import renamed
from components.dynamic.base import Props
from components.dynamic.nodes.adopted_identity import AdoptedIdentity, AdoptedIdentityProvider
from components.dynamic.nodes.adopted_node import AdoptedNode, AdoptedNodeProvider
from components.kaia.conf import BridgeKeys, main_bridge_keys, sub_bridge_keys
from tests.lifecycle import Behind, Edit, Life, lifecycle
from tests.network.brownfield import CHILD, DATA, PAIRED, PARENT, Brownfield
from tests.run import lines

pytestmark = pytest.mark.nightly

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
        "conf": field.layout(name).release.conf,
        "conf_keys": dict(keys.keys),
        "needed": dict(keys.needed),
        **more,
    }


def conf_of(field: Brownfield, name: str) -> str:
    return field.disk(name, field.layout(name).release.conf).read_text()


def edit_conf(field: Brownfield, name: str, old: str, new: str) -> None:
    path = field.disk(name, field.layout(name).release.conf)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def starts(field: Brownfield, name: str) -> str:
    """Return what changes when a node is restarted."""
    layout = field.layout(name)
    return field.disk(name, f"{DATA}/{layout.package.daemon}.pid").read_text()


def secret_of(field: Brownfield) -> list[str]:
    return [field.login(EN)["private_key"].splitlines()[3]]


def test_an_en_whose_slot_is_taken_is_refused_before_anything_changes(field: Brownfield) -> None:
    before, runs = conf_of(field, TAKEN), starts(field, TAKEN)
    inputs = program(field, TAKEN, main_bridge_keys(), partner=field.login(SCN))
    (failure,) = AdoptedNodeProvider().check({}, inputs).failures or []
    assert lines(failure.reason, SLOT_TAKEN, f"{TAKEN}: ", SCN), "a preview says so too"
    with pytest.raises(SlotTaken) as taken:
        AdoptedNodeProvider().create(inputs)
    assert lines(str(taken.value), SLOT_TAKEN, f"{TAKEN}: ", SCN)
    assert (conf_of(field, TAKEN), starts(field, TAKEN)) == (before, runs)


def test_a_pair_that_works_is_adopted_and_let_go_without_a_touch(field: Brownfield) -> None:
    inputs = {
        TAKEN: program(field, TAKEN, main_bridge_keys(), partner=field.login("alpha-scn")),
        "alpha-scn": program(field, "alpha-scn", sub_bridge_keys(PAIRED), peer=field.kni(TAKEN)),
    }
    before = {name: (conf_of(field, name), starts(field, name)) for name in inputs}
    provider = AdoptedNodeProvider()
    for name, props in inputs.items():
        made = dict(provider.create(props).outs or {})
        renamed.forget()  # a destroy is another run
        provider.delete(name, made)
        assert (conf_of(field, name), starts(field, name)) == before[name]
        assert not list(field.disk(name, DATA).glob(f"*{OURS}*"))


def test_an_en_lives_and_is_put_back(field: Brownfield) -> None:
    before = conf_of(field, EN)
    inputs = program(field, EN, main_bridge_keys(), partner=field.login(SCN))
    drift = Behind(lambda: edit_conf(field, EN, "SC_MAIN_BRIDGE=1", "SC_MAIN_BRIDGE=0"))
    life = Life(AdoptedNodeProvider(), AdoptedNode)
    lifecycle(life, inputs, drifts=[(drift, ["conf_keys"])], secrets=secret_of(field), lasting=True)
    assert conf_of(field, EN) == before


@pytest.mark.parametrize("name", ["alpha-en", "alpha-scn"])
def test_who_a_node_is_is_read_from_it(field: Brownfield, name: str) -> None:
    en = name.endswith("-en")
    address = field.network.address(name)
    computed = dict.fromkeys(("public_key", "kni", "parent_operator", "child_operator"))
    inputs = {"node": field.login(name), "role": "en" if en else "scn", "address": address, "bridge": True, **computed}
    life = Life(AdoptedIdentityProvider(), AdoptedIdentity)
    assert life.up(inputs) == "create"
    assert life.outs["public_key"] == field.public_key(name)
    scn_kni = consensus_kni(field.public_key(name), address, SCN_PORT)
    assert life.outs["kni"] == (field.kni(name) if en else scn_kni)
    assert bool(life.outs["parent_operator"]) == (not en)
    edits = [Edit({"address": "10.0.0.9"}), Edit({"address": address})]
    lifecycle(Life(AdoptedIdentityProvider(), AdoptedIdentity), inputs, edits, secrets=secret_of(field), lasting=True)
