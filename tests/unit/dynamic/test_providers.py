"""What the state of a stack holds of a provider: a stable name, and the one function that makes a provider of it."""

import base64
import importlib
import pickle
import pickletools
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import dill
import pytest
from pulumi.dynamic import Resource
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime._serialization import _serialize

import components.dynamic
from components.domain.problems.operations.networks import STATE_OF_OTHER_VERSION
from components.dynamic import providers
from components.dynamic.base import Inputs, Provider
from tests.stack import ROOT

FIRST = frozenset({
    "Account", "AdoptedIdentity", "AdoptedNode", "Boot", "BridgeContract", "BridgeOperator", "BridgeRegistration",
    "BridgeSlot", "ChainData", "ChildCouncil", "ChildSeat", "ChildValidator", "ConfigurationThreshold",
    "DevelopmentToken", "ExistingHost", "FirstLogin", "Funding", "Genesis", "HostPreflight", "Liquidity", "LocalHost",
    "LocalNetwork", "NodeFiles", "NodeToken", "OperatorThreshold", "OtherOperators", "OwnerFunds", "Placement",
    "Resilience", "RunningNode", "SshKey", "SyncedNode", "TokenProof", "TokenRegistration", "TransferFees",
    "TransferProof", "UpdatedNode", "Voters",
})  # fmt: skip
"""Names that states of version 1 hold. One that is removed here leaves stacks that cannot be destroyed."""


def below(class_: type[Any]) -> Iterator[type[Any]]:
    for inner in class_.__subclasses__():
        yield inner
        yield from below(inner)


@pytest.fixture(scope="module", autouse=True)
def _modules() -> None:
    for module in pkgutil.walk_packages(components.dynamic.__path__, f"{components.dynamic.__name__}."):
        importlib.import_module(module.name)


def ours(class_: type) -> set[type]:
    """Return the subclasses that are the program's, and not a test's."""
    return {one for one in below(class_) if one.__module__.startswith("components.")}


def test_no_name_of_version_1_is_gone() -> None:
    assert providers.CLASSES.keys() >= FIRST


def test_every_resource_has_an_entry() -> None:
    tokens = {one._resource_type_name for one in ours(Resource) if issubclass(one, Resource)}
    names = {token.rpartition(":")[2] for token in tokens if token != "dynamic:Resource"}
    assert names == providers.CLASSES.keys()


def test_every_provider_has_an_entry_but_those_that_others_are_made_of() -> None:
    known = {type(providers.provider(name)) for name in providers.CLASSES}
    assert len(known) == len(providers.CLASSES)
    assert {one.__name__ for one in ours(Provider) - known} == {"ChainProvider"}


@pytest.mark.parametrize("name", sorted(providers.CLASSES))
def test_the_state_holds_the_name_and_where_it_is_looked_up(name: str) -> None:
    provider = providers.provider(name)
    serialized, secret = _serialize(True, serialize_provider, provider)  # noqa: FBT003 - as Pulumi calls it
    assert not secret
    assert provider.serialize_as_secret_always is False, "a name is in the clear"
    pickled = base64.b64decode(serialized)
    texts = [text for _, text, _ in pickletools.genops(pickled) if isinstance(text, str)]
    assert texts == ["components.dynamic.providers", "provider", name]
    assert type(dill.loads(pickled)) is type(provider)  # noqa: S301 - pickled above


def test_the_pickle_is_the_one_of_version_1() -> None:
    written = (
        b"\x80\x04\x95:\x00\x00\x00\x00\x00\x00\x00\x8c\x1ccomponents.dynamic.providers\x94\x8c\x08provider\x94\x93\x94"
        b"\x8c\x07Genesis\x94\x85\x94R\x94."
    )
    assert type(pickle.loads(written)) is type(providers.provider("Genesis"))  # noqa: S301 - written here


def test_a_name_that_is_not_known_says_what_to_do() -> None:
    with pytest.raises(providers.UnknownProvider, match=f"'Gone'.*{STATE_OF_OTHER_VERSION.code}"):
        providers.provider("Gone")


class NamelessInputs(Inputs):
    """None."""


class Nameless(Provider[NamelessInputs]):
    """A provider that nobody has given a name."""

    inputs_type = NamelessInputs


def test_a_provider_without_a_name_is_no_resource() -> None:
    with pytest.raises(LookupError, match=r"test_providers\.Nameless has no stable name; add one to"):
        serialize_provider(Nameless())


def test_looking_up_names_imports_no_provider() -> None:
    code = "import sys, components.dynamic.providers; print([m for m in sys.modules if m.startswith('components.dy')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['components.dynamic', 'components.dynamic.providers']"
