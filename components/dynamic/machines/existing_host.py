"""ExistingHost: a claim on one folder and one service of a machine that somebody else administers.

Removing the claim removes what the node left there, and changes nothing else on the machine.

A claimed folder holds chain data, so an edit of the settings does not replace the claim while the machine is the same.
The claim writes a note into the folder. Whatever the address, host key, login, folder or service are now, a machine
with that note is the claimed machine, and the node is moved on it instead.
"""

import secrets
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.domain.problems.hosts import (
    CLAIM_FAILED,
    CLAIM_LOST,
    CLAIM_NOT_KEPT,
    CLAIM_UNKNOWN,
    LEFT_BEHIND,
    MOVE_FAILED,
    RELEASE_FAILED,
)
from components.domain.problems.nodes import STATE_UNKNOWN
from components.domain.problems.problem import CodedError, Message
from components.domain.roles import MONITOR, MachineRole
from components.dynamic.base import OLD_GOES_FIRST, Inputs, Props, Provider
from components.dynamic.machines.data_loss import LEDGER, DataLossError, declare
from components.ssh.errors import NoAnswer, SshError, WrongHostKey
from components.ssh.login import Login
from components.topology.data_holders import Holding

SCRIPT = Path(__file__).with_suffix(".sh")

CLAIM_SECONDS = 60.0
IDENTITY = ("machine", "owner", "folder", "unit")
"""Inputs that identify a claim. When one of them changes, the note on the machine decides whether it is the same."""
NOT_COMPARED = frozenset({"number", "role", "holding"})
ROOT = "root"
RELEASE_SECONDS = 900.0
"""For stopping a node and deleting its chain data."""


class ExistingHostError(CodedError):
    """A machine cannot be claimed or restored; the message has the machine and the reason, and never a key."""


class ExistingHostInputs(Inputs):
    """A machine, and what is claimed on it. `instance` is made with the claim, never set by the program."""

    name: str
    login: Login
    """With sudo, if it gives root's rights."""
    machine: str
    """Changes with the machine: address and host key."""
    owner: str
    """Id of the stack's network."""
    stack: str
    """Name of the stack, for people who find the folder."""
    folder: str
    unit: str | None = None
    """The systemd service; None for the daemon script."""
    account: str | None = None
    """The service's user: removed with the claim, unless it existed before."""
    number: int | None = None
    """User id of the account."""
    role: MachineRole = "validator"
    """Role of its node, which has to be healthy again after a move."""
    holding: Holding | None = None
    """For a validator: the other nodes that hold its chain."""
    instance: str | None = None

    @property
    def who(self) -> str:
        """Return the machine's name and address, for messages."""
        return f"{self.name} at {self.login.place}"

    @property
    def by_root(self) -> bool:
        """Return whether the login has root's rights."""
        return self.login.sudo or self.login.user == ROOT


class ExistingHostProvider(Provider[ExistingHostInputs]):
    """Claims, moves and releases. A replaced claim starts with an empty folder, and counts as another machine."""

    inputs_type = ExistingHostInputs
    replaced_by = frozenset({"instance"})
    needs: ClassVar[tuple[str, ...]] = ("web3",)

    def identify(self, inputs: ExistingHostInputs) -> str:
        """Return the instance."""
        return str(inputs.instance)

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore other nodes that come or go."""
        return name not in NOT_COMPARED and old != new

    def complete(self, olds: Props, news: Props) -> Props:
        """Make an instance for a new claim, so that a preview shows what depends on it for this claim only.

        Raises ValueError if replacing a claim would delete more chain data than the chain can lose, and if it is not
        known whether the machine is the same.
        """
        declare(news)
        held = olds.get("instance")
        if held and (all(olds.get(name) == news.get(name) for name in IDENTITY) or self._is_kept(olds, news)):
            return {**news, "instance": held}
        return {**news, "instance": f"claim-{secrets.token_hex(8)}"}

    def _is_kept(self, olds: Props, news: Props) -> bool:
        """Return whether the claim can continue with the new inputs. Raises ValueError."""
        if pulumi.contains_unknowns(news):
            return False
        before, wanted = self._parse(olds), self._parse({**news, "instance": olds["instance"]})
        why = _why_not_kept(before, wanted)
        if why is None:
            return True
        try:
            _require_replaceable(before)
        except DataLossError as error:
            msg = f"{why}, so it would be claimed afresh, with an empty folder. {error}"
            raise ValueError(CLAIM_NOT_KEPT(msg)) from None
        return False

    def converge(self, inputs: ExistingHostInputs, known: Props) -> Props:
        """Claim the folder, after moving the content of the former one there. Raises ExistingHostError."""
        if known.get("instance"):
            _move(self._parse(known), inputs)
        rest = (inputs.stack, str(inputs.instance), inputs.login.user, inputs.unit or "", inputs.account or "")
        try:
            _run(inputs, "claim", *rest, timeout=CLAIM_SECONDS)
        except SshError as error:
            raise ExistingHostError(CLAIM_FAILED(_of(inputs, error))) from error
        return {}

    def observe(self, inputs: ExistingHostInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Gone when the note on the machine is missing or of another claim.

        No answer is no drift: a machine that is down for a while is still the claimed one.
        """
        try:
            ours = _run(inputs, "look", timeout=CLAIM_SECONDS).strip()
        except SshError as error:
            print(STATE_UNKNOWN(_of(inputs, error).extended("; assumed to be unchanged")), file=sys.stderr)
            return {}
        if not ours:
            print(CLAIM_LOST(f"{inputs.who}: {inputs.folder} is not this stack's any more"), file=sys.stderr)
            return None
        return {}

    def remove(self, inputs: ExistingHostInputs, known: Props) -> None:  # noqa: ARG002
        """Stop the node and delete what belongs to the stack.

        Of a claim that is only replaced nothing is deleted if the chain cannot lose the data. If the machine is dead,
        or another one now, it reports what may be left there and succeeds. Raises ExistingHostError if the machine
        answers and refuses.
        """
        try:
            if LEDGER.stays(inputs.name):
                _require_replaceable(inputs)
        except DataLossError as error:
            raise ExistingHostError(Message(str(error))) from None
        try:
            said = _run(inputs, "release", inputs.unit or "", inputs.account or "", timeout=RELEASE_SECONDS)
        except (NoAnswer, WrongHostKey) as error:
            print(LEFT_BEHIND(_of(inputs, error).extended(f"; {_left(inputs)}")), file=sys.stderr)
            return
        except SshError as error:
            advice = f"; repair it and destroy again, or `pulumi state delete` it: {_left(inputs)}"
            raise ExistingHostError(RELEASE_FAILED(_of(inputs, error).extended(advice))) from error
        if said.strip():
            print(CLAIM_LOST(f"{inputs.who}: {said.strip()}"), file=sys.stderr)


class ExistingHost(Resource, module="servicechain", name="ExistingHost"):
    """A tracked claim. Raises ExistingHostError at creation if the machine cannot be claimed."""

    instance: pulumi.Output[str]
    """Changes with the claim. Known in previews."""

    def __init__(
        self,
        name: str,
        login: pulumi.Input[Mapping[str, object]],
        props: Mapping[str, pulumi.Input[object]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`props` are those of ExistingHostInputs."""
        secret = pulumi.ResourceOptions(additional_secret_outputs=["login"])
        super().__init__(
            ExistingHostProvider(),
            name,
            {"name": name, "login": login, "instance": None, **props},
            pulumi.ResourceOptions.merge(pulumi.ResourceOptions.merge(OLD_GOES_FIRST, opts), secret),
        )


def _run(inputs: ExistingHostInputs, verb: str, *rest: str, timeout: float) -> str:
    from components.ssh import connection as ssh  # previews do not need it

    step = f"the {verb} of {inputs.folder}"
    return ssh.run(inputs.login, _command(inputs, verb, *rest), timeout=timeout, step=step, fresh=True)


def _command(inputs: ExistingHostInputs, verb: str, *rest: str) -> str:
    arguments = [verb, inputs.folder, inputs.owner, inputs.name, *rest]
    return shlex.join(["exec", "sh", "-c", SCRIPT.read_text(encoding="utf-8"), SCRIPT.name, *arguments])


def _look(inputs: ExistingHostInputs) -> list[str]:
    """Return the instance of the claim on a machine, and `data` if there is chain data. Raises SshError."""
    return _run(inputs, "look", timeout=CLAIM_SECONDS).split()


def _why_not_kept(before: ExistingHostInputs, wanted: ExistingHostInputs) -> str | None:
    """Return why a claim cannot continue with the new inputs, or None. Raises ValueError if that is not known."""
    if before.owner != wanted.owner:
        return f"{wanted.name}: identitySeed is another one"
    try:
        found = _look(wanted.model_copy(update={"folder": before.folder}))
    except SshError as error:
        msg = f"{wanted.name}: it is not known whether this is the claimed machine until it answers: {error}"
        raise ValueError(CLAIM_UNKNOWN(msg)) from None
    if before.instance not in found:
        return f"{wanted.who} is another machine, or {wanted.login.user} may not see {before.folder} there"
    if (before.folder, before.unit) == (wanted.folder, wanted.unit):
        return None
    if wanted.role == MONITOR:
        return f"{wanted.name} begins afresh in {wanted.folder}"
    if wanted.by_root:
        return None
    if before.unit is None and before.login.user == wanted.login.user and not before.by_root:
        return None
    return f"{wanted.who}: {wanted.login.user} has no rights of root, and cannot take over what is in {before.folder}"


def _require_replaceable(claim: ExistingHostInputs) -> None:
    """Count a claim as replaced. Raises DataLossError if its chain cannot lose the data there."""
    try:
        found = _look(claim)
    except SshError:
        LEDGER.require_startable_empty(claim.name)
        return
    if "data" in found:
        LEDGER.require_deletable(claim.name)


def _move(before: ExistingHostInputs, wanted: ExistingHostInputs) -> None:
    """Move the content of a claimed folder to the folder that is declared now. Raises ExistingHostError."""
    if wanted.role == MONITOR or (before.folder, before.unit) == (wanted.folder, wanted.unit):
        return  # a monitor in another place is another claim
    from components.chain.errors import ChainError
    from components.chain.rpc.endpoint import Endpoint
    from components.dynamic.machines.relocation import relocate

    number = "" if wanted.number is None else str(wanted.number)
    rest = (before.folder, before.unit or "", wanted.unit or "", number, wanted.login.user)
    command = _command(wanted, "move", *rest)
    ipc = f"{before.folder}/data/klay.ipc"
    node = Endpoint(**{name: getattr(wanted.login, name) for name in Login.model_fields}, node=wanted.name, ipc=ipc)
    why = f"what it has in {before.folder} moves to {wanted.folder}"
    if before.folder == wanted.folder:
        why = f"{wanted.unit or 'the script of its package'} takes over what runs in {wanted.folder}"
    try:
        relocate(node, wanted.role, command, why)
    except ChainError as error:
        advice = "; nothing was deleted: correct that and run again, it resumes where it stopped"
        raise ExistingHostError(MOVE_FAILED(Message(str(error)).extended(advice))) from error


def _of(inputs: ExistingHostInputs, error: SshError) -> Message:
    return Message(f"{inputs.name}: {error}")


def _left(inputs: ExistingHostInputs) -> str:
    user = f" and its user {inputs.account}" if inputs.account else ""
    service = f", the service {inputs.unit}{user}" if inputs.unit else " and a node that runs there"
    return f"if the machine lives, the folder {inputs.folder}{service} are left on it"
