"""The calls on chain in a plan: on which chain, and who pays. Pure; uses the standard library only.

A plan, as `pulumi preview --diff` prints it, has a line for each step, then the id and the URN of the resource and its
inputs. Keys of signers are secrets there; the owners' addresses are in the outputs and in the inputs of the contracts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Payer = Literal["owner", "operator", "votes"]
"""The owner of the contract; the operator whose account is removed; or nobody, as votes of validators are free."""


@dataclass(frozen=True)
class Calls:
    """Who pays for the steps of one type of resource. None if they send nothing."""

    creation: Payer | None
    """Of a creation or an update."""
    removal: Payer | None
    note: str = ""


_BOTH = "on the other chain the operators pay for their votes"

CALLED: Mapping[str, Calls] = {
    "BridgeContract": Calls("owner", None),
    "BridgeOperator": Calls("owner", "owner"),
    "ChildCouncil": Calls("votes", None),
    "ChildSeat": Calls(None, "votes"),
    "ChildValidator": Calls("votes", "votes"),
    "ConfigurationThreshold": Calls("owner", "owner"),
    "DevelopmentToken": Calls("owner", None),
    "Funding": Calls("owner", "operator"),
    "Liquidity": Calls("owner", None),
    "OperatorThreshold": Calls("owner", "owner"),
    "OtherOperators": Calls("owner", None),
    "OwnerFunds": Calls("owner", None, "waits until the owner can pay for what follows"),
    "TokenProof": Calls("owner", None, _BOTH),
    "TokenRegistration": Calls("owner", "owner"),
    "TransferProof": Calls("owner", None, _BOTH),
}
"""By type of resource. A test compares this with all types: each is here, or is known to send nothing."""

_MARK = r"^ *(?:\+-|\+\+|--|[+~-]) *"
"""Before each step of a plan."""
_STEP = re.compile(_MARK + r"pulumi-python:dynamic/servicechain:(?P<kind>\w+): \((?P<verb>[\w-]+)")
_ANY_STEP = re.compile(_MARK + r"[\w-]+:[\w/-]+:\w+: \(")
_URN = re.compile(r"^ *\[urn=(?P<urn>.*::(?P<name>[^:\]]+))\]")
_ID = re.compile(r"^ *\[id=(?P<chain>\d+)/")
_CHAIN = re.compile(r"^[ +~-]*chain_id *: (?:\d+ => )?(?P<chain>\d+)$")
_OWNER_NODE = re.compile(r"^[ +~-]*owner_node *:")
_OTHER_OWNER = re.compile(r"^[ +~-]*other_owner *: .*\"(?P<address>0x[0-9a-fA-F]{40})\"$")
_OUTPUT = re.compile(r"^[ +~-]*(?P<side>parent|child)Chain *: \{$")
_OWNER = re.compile(r"^[ +~-]*owner *: .*\"(?P<address>0x[0-9a-fA-F]{40})\"$")
_DIRECTION = re.compile(r"(?:^|-)(parent|child)-to-(?:parent|child)-proof$")
_SIDE = re.compile(
    r"(?:^|-)(parent|child)"
    r"(?:-(?:bridge|vote|threshold|configuration-threshold|other-operators|liquidity|funding|funds|registration))?$"
)
_OTHER = {"parent": "child", "child": "parent"}
_REPLACED = ("create-replacement", "delete-replaced", "delete-original")
"""Further steps of a replacement, which the engine lists beside `replace`."""
_ALWAYS_CHILD = ("ChildCouncil", "ChildSeat", "ChildValidator")


@dataclass
class _Step:
    kind: str
    verb: str
    name: str = ""
    urn: str = ""
    known: str = ""
    """The chain id in the id of the resource."""
    wanted: str = ""
    """The chain id in its inputs."""
    by_node: bool = False
    """Whether the operator of an SCN makes the calls of the owner."""

    @property
    def side(self) -> str:
        if self.kind in _ALWAYS_CHILD:
            return "child"
        found = _DIRECTION.search(self.name) or _SIDE.search(self.name)
        return found[1] if found else ""

    @property
    def payers(self) -> set[Payer]:
        """Return who pays; a replacement is a creation and a removal."""
        made = CALLED[self.kind]
        halves = {"delete": [made.removal], "replace": [made.creation, made.removal]}
        return {payer for payer in halves.get(self.verb, [made.creation]) if payer}


@dataclass
class _Group:
    """The calls on one chain that one account pays."""

    head: str
    names: dict[tuple[str, str], list[str]] = field(default_factory=dict)


def calls(lines: Sequence[str]) -> list[str]:
    """Return the calls in a plan: a line for each chain and payer, and below it what is called, with its resources."""
    owners = _owners(lines)
    groups: dict[tuple[str, str, str], _Group] = {}
    for step in _steps(lines):
        for payer in step.payers:
            chain = f"{step.side} chain" if step.side else "chain"
            number = step.wanted or step.known
            place = f"{chain} {number}" if number else chain
            head = f"{place}: {_words(payer, owners.get(step.side, ''), by_node=step.by_node)}"
            group = groups.setdefault((step.side, number, head), _Group(head))
            group.names.setdefault((step.kind, step.verb), []).append(step.name)
    return [line for key in sorted(groups, reverse=True) for line in _shown(groups[key])]


def _shown(group: _Group) -> Iterator[str]:
    yield group.head
    for (kind, verb), names in sorted(group.names.items()):
        note = CALLED[kind].note
        yield f"  {len(names)} x {verb} {kind}: {', '.join(sorted(names))}{f' ({note})' if note else ''}"


def _words(payer: Payer, address: str, *, by_node: bool) -> str:
    if payer == "votes":
        return "votes of its SCNs, for which nobody pays"
    if payer == "operator":
        return "paid by the operator that is removed, whose remaining coins go to the owner"
    if by_node:
        return "paid by the operator of the SCN that owns the contract"
    return f"paid by the owner of the contract, {address or 'whose address `make outputs` shows'}"


def _steps(lines: Sequence[str]) -> list[_Step]:
    """Return the steps of resources that call a chain: a replacement is one step, however many lines it has."""
    found: dict[str, _Step] = {}
    step: _Step | None = None
    for number, line in enumerate(lines):
        if head := _STEP.match(line):
            verb = "replace" if head["verb"] in _REPLACED else head["verb"]
            step = _Step(head["kind"], verb) if head["kind"] in CALLED else None
            if step:
                found[str(number)] = step
        elif _ends(line):
            step = None
        elif step:
            _add(step, line)
    replaced = {step.urn for step in found.values() if step.verb == "replace" and step.urn}
    once: dict[str, _Step] = {}
    for number_, step in found.items():
        if step.verb == "replace" or step.urn not in replaced:
            once.setdefault(step.urn or number_, step)
    return list(once.values())


def _ends(line: str) -> bool:
    """Return whether a line begins a step of another kind, or the outputs."""
    return "--outputs:--" in line or bool(_ANY_STEP.match(line))


def _add(step: _Step, line: str) -> None:
    if urn := _URN.match(line):
        step.urn, step.name = urn["urn"], urn["name"]
    elif identity := _ID.match(line):
        step.known = identity["chain"]
    elif chain := _CHAIN.match(line):
        step.wanted = chain["chain"]
    elif _OWNER_NODE.match(line):
        step.by_node = True


def _owners(lines: Sequence[str]) -> dict[str, str]:
    """Return the addresses of the owners that a plan shows, by chain: of the outputs, else of the other contract."""
    outputs: dict[str, str] = {}
    inputs: dict[str, str] = {}
    side = name = ""
    for line in lines:
        if found := _OUTPUT.match(line):
            side, name = found["side"], ""
        elif urn := _URN.match(line):
            name = urn["name"]
        elif side and (owner := _OWNER.match(line)):
            outputs.setdefault(side, owner["address"])
        elif name in ("parent-bridge", "child-bridge") and (owner := _OTHER_OWNER.match(line)):
            inputs[_OTHER[name.removesuffix("-bridge")]] = owner["address"]
    return {**inputs, **outputs}
