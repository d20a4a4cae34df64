"""The life of what is made once and held: keys, genesis, placement, and what a machine is booted with."""

from components.dynamic.base import Props
from components.dynamic.machines.boot import Boot, BootProvider
from components.dynamic.machines.placement import Placement, PlacementProvider
from components.dynamic.nodes.genesis import Genesis, GenesisProvider
from components.dynamic.proofs.voters import Voters, VotersProvider
from components.dynamic.secrets import ssh_key
from components.dynamic.secrets.account import Account, AccountProvider
from components.dynamic.secrets.ssh_key import SshKey, SshKeyProvider
from tests.lifecycle import Edit, Life, lifecycle
from tests.unit.dynamic.proofs.test_voters import pair, program

KEY, OTHER = "46" * 32, "47" * 32


def test_an_account() -> None:
    program: Props = {"private_key": KEY, "address": None, "public_key": None, "keystore": None}
    life = Life(AccountProvider(), Account, optional={"password", "keystore"})
    lifecycle(life, program, [Edit({"private_key": OTHER}, "same")], secrets=[KEY, OTHER], lasting=True)


def test_an_account_with_a_keystore() -> None:
    program: Props = {"private_key": KEY, "password": "hush", "address": None, "public_key": None, "keystore": None}
    edits = [Edit({"private_key": OTHER, "password": "other"}, "same")]
    lifecycle(Life(AccountProvider(), Account), program, edits, secrets=[KEY, "hush"], lasting=True)


def test_an_ssh_key() -> None:
    program: Props = {"seed": KEY, "public_key": None, "private_key": None}
    lifecycle(Life(SshKeyProvider(), SshKey), program, [Edit({"seed": OTHER}, "same")], secrets=[KEY], lasting=True)


def test_a_genesis() -> None:
    edits = [Edit({"text": "second"}, "same")]
    lifecycle(Life(GenesisProvider(), Genesis), {"text": "first"}, edits, lasting=True)


def test_what_a_machine_is_booted_with() -> None:
    outputs = dict.fromkeys(["host_key", "private_key", "user_data"])
    program: Props = {"image": "ami-1", "authorized_key": ssh_key.public_key(KEY), **outputs}
    edits = [Edit({"image": "ami-2"}, "same"), Edit({"authorized_key": ssh_key.public_key(OTHER)}, "same")]
    lifecycle(Life(BootProvider(), Boot), program, edits, lasting=True)


def test_a_placement() -> None:
    subnets = {"a": "10.40.8.0/24", "b": "10.40.9.0/24"}
    one, two, three = ({"name": name, "role": "en", "unit": name, "subnets": subnets} for name in ("x", "y", "z"))
    asked: Props = {"machines": [one, two], "zones": ["a", "b"], "zone_of": None, "address_of": None}
    edits = [
        Edit({"machines": [one, two, three]}),
        Edit({"final_snapshot": True}),
        Edit({"machines": [three, one]}),
        Edit({"zones": ["b", "a"]}),
        Edit({"machines": [], "final_snapshot": False}),
    ]
    lifecycle(Life(PlacementProvider(), Placement), asked, edits, lasting=True)


def test_the_pairs_of_a_bridge() -> None:
    alpha, beta = pair("alpha"), pair("beta")
    edits = [
        Edit({"voters": [alpha, beta]}),
        Edit({"voters": [beta, alpha]}, "same"),
        Edit({"threshold": 2.0, "removes_others": True, "owner_nodes": ["parent"]}, "same"),
        Edit({"child_bridge": "0x1"}),
    ]
    secrets = ["hush-hush"]
    for one in (alpha, beta):
        one["scn"]["private_key"] = one["en"]["private_key"] = secrets[0]
    lifecycle(
        Life(VotersProvider(), Voters), program("alpha") | {"voters": [alpha]}, edits, secrets=secrets, lasting=True
    )
