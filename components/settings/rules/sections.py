"""A configuration section by section, each as its model has it, for rules between values.

What is wrong in itself is left out: the model reports it, and the rules pass over it. So they report even where another
value is wrong, and know every default from the models.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.alias_generators import to_snake

from components.domain.roles import VALIDATOR, Role
from components.settings.defaults import filled_in
from components.settings.model import BridgeSettings, PairSettings, ServiceChainSettings, Settings
from components.settings.rules.raw import Raw, items, parsed
from components.settings.sections.parent import ParentChainSettings, with_chain_id
from components.settings.sections.tokens import TokenSettings
from components.settings.values.types import Name

Model = TypeVar("Model", bound=BaseModel)

NAME: TypeAdapter[str] = TypeAdapter(Name)

KIND_OF_CHAIN = ("network", "genesis", "staticNodes")
"""Keys that decide what kind of parent chain it is."""
OWNERSHIP = tuple(
    f"{chain}{what}" for chain in ("parent", "child") for what in ("Bridge", "OwnerKey", "Owner", "OwnerNode")
)
"""Keys that decide whose the contracts are."""


@dataclass(frozen=True)
class Sections:
    """What is right in a configuration. A section is None where something that it cannot do without is wrong."""

    target: str
    parent: ParentChainSettings | None
    child: ServiceChainSettings | None
    pairs: Sequence[PairSettings | None]
    """In the order of the list; None for one that is wrong."""
    pair_scns: Sequence[str | None]
    """The SCN of each pair, also where its other keys are wrong."""
    bridge: BridgeSettings | None
    contracts: BridgeSettings | None
    """The same section; None as soon as one of the keys is wrong that decide whose the contracts are."""
    tokens: Sequence[TokenSettings | None]

    @property
    def pair_count(self) -> int:
        """Return how many pairs are listed, right or wrong."""
        return len(self.pairs)

    @property
    def paired(self) -> list[str]:
        """Return the SCNs of all pairs that name one."""
        return [scn for scn in self.pair_scns if scn]


def sections(raw: Raw) -> Sections:
    """Return the sections of a configuration (keys without the namespace)."""
    whole = filled_in(raw)
    target = whole.get("target", Settings.model_fields["target"].default)
    bridge, pairs = whole.get("bridge", {}), items(whole.get("pairs"))
    return Sections(
        target=target if isinstance(target, str) else "",
        parent=parent_chain(raw),
        child=right(ServiceChainSettings, whole.get("serviceChain"), needed=("genesis", "staticNodes")),
        pairs=[right(PairSettings, pair) for pair in pairs],
        pair_scns=[parsed(NAME, pair.get("scn")) if isinstance(pair, Mapping) else None for pair in pairs],
        bridge=right(BridgeSettings, bridge),
        contracts=right(BridgeSettings, bridge, needed=OWNERSHIP),
        tokens=[
            right(TokenSettings, token, needed=("parent", "child", "development"))
            for token in items(whole.get("tokens"))
        ],
    )


def roles(found: Sections) -> dict[str, Role] | None:
    """Return the role of each machine with a node by its name, or None where the names themselves are wrong."""
    pairs = [pair for pair in found.pairs if pair]
    if found.parent is None or found.child is None or len(pairs) < found.pair_count:
        return None
    by_role: dict[Role, list[str]] = {
        "validator": [VALIDATOR] if found.parent.ours else [],
        "scn": list(found.child.nodes),
        "en": [pair.en for pair in pairs],
    }
    return {name: role for role, names in by_role.items() for name in names}


def parent_chain(raw: Raw) -> ParentChainSettings | None:
    """Return the section `parentChain`; None where what kind of chain it is cannot be known."""
    return right(ParentChainSettings, with_chain_id(raw.get("parentChain")), needed=KIND_OF_CHAIN)


def right(model: type[Model], value: object, needed: Sequence[str] = ()) -> Model | None:
    """Return a section without its wrong values, and its lists without their wrong items.

    None where one of the `needed` keys is wrong, or a required one.
    """
    if not isinstance(value, Mapping):
        return None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        wrong = [problem["loc"] for problem in error.errors(include_url=False) if problem["loc"]]
    keys = {str(loc[0]) for loc in wrong}
    if keys.intersection(needed) or not keys & value.keys():
        return None
    items_of = {key: {loc[1] for loc in wrong if loc[0] == key and len(loc) > 1} for key in keys}
    rest = {key: inner for key, inner in value.items() if key not in keys}
    for key, places in items_of.items():
        if isinstance(listed := value.get(key), list) and all(isinstance(place, int) for place in places) and places:
            rest[key] = [item for index, item in enumerate(listed) if index not in places]
    return right(model, rest, needed)


def given(section: BaseModel, key: str) -> bool:
    """Return whether a key is written in the configuration."""
    return to_snake(key) in section.model_fields_set


def value_of(section: BaseModel, key: str) -> Any:
    """Return the value of a key, or its default."""
    return getattr(section, to_snake(key))
