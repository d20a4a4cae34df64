"""ExistingHost: a claim on a machine that somebody else looks after: on one folder, and on one service.

What the node leaves there goes with the claim, and nothing else does: the machine is as it was found then.

A claim holds chain data, so an edit of the settings makes no other claim of it as long as the machine is the same one.
The note that the claim left there tells: whatever the address, the host key, the login, the folder or the service
are by now, a machine with that note is the machine that was claimed, and what is on it moves instead.
"""

import secrets
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.domain.roles import Role
from components.dynamic.base import OLD_GOES_FIRST, Inputs, Props, Provider
from components.dynamic.machines.data_loss import LEDGER, DataLossError, declare
from components.ssh.errors import NoAnswer, SshError, WrongHostKey
from components.ssh.login import Login
from components.topology.data_holders import Holding

SCRIPT = Path(__file__).with_suffix(".sh")

CLAIM_SECONDS = 60.0
IDENTITY = ("machine", "owner", "folder", "unit")
"""What a claim is of. Where one of these is another one, the machine tells whether the claim is."""
NOT_COMPARED = frozenset({"number", "role", "holding"})
ROOT = "root"
RELEASE_SECONDS = 900.0
"""For the end of a node and the removal of a chain's data."""


class ExistingHostError(RuntimeError):
    """A machine cannot be claimed, or not be left as it was found; the message says which and why, and never a key."""


class ExistingHostInputs(Inputs):
    """A machine, and what is claimed of it. `instance` is not given by anyone but made with the claim."""

    name: str
    login: Login
    """With sudo, where root's rights are to be had by it."""
    machine: str
    """Another one for another machine: address and host key."""
    owner: str
    """Id of the network."""
    stack: str
    """For people who find the folder."""
    folder: str
    unit: str | None = None
    """The service of systemd; None for the daemon script."""
    account: str | None = None
    """Whom it runs as: removed in the end, if it was not there."""
    number: int | None = None
    """Of the account."""
    role: Role = "validator"
    """Of the node: what has to be well again after it was moved."""
    holding: Holding | None = None
    """Of a validator: who else holds its chain."""
    instance: str | None = None

    @property
    def who(self) -> str:
        """Return which machine this is, for messages."""
        return f"{self.name} at {self.login.place}"

    @property
    def by_root(self) -> bool:
        """Tell whether the login has root's rights."""
        return self.login.sudo or self.login.user == ROOT


class ExistingHostProvider(Provider[ExistingHostInputs]):
    """Claims, and gives back. A claim that is made anew finds a clean folder, and counts as another machine."""

    inputs_type = ExistingHostInputs
    replaced_by = frozenset({"instance"})
    needs: ClassVar[tuple[str, ...]] = ("web3",)

    def identify(self, inputs: ExistingHostInputs) -> str:
        """Return what the claim is known by."""
        return str(inputs.instance)

    def differs(self, name: str, old: object, new: object) -> bool:
        """Leave a claim alone when other nodes come or go."""
        return name not in NOT_COMPARED and old != new

    def complete(self, olds: Props, news: Props) -> Props:
        """Make up an instance for a new claim, so that a preview shows what follows from it for that one alone.

        Raises ValueError when a claim would be replaced, and with it more chain data than the chain can lose; and when
        it cannot be told whether the machine is the same one.
        """
        declare(news)
        held = olds.get("instance")
        if held and (all(olds.get(name) == news.get(name) for name in IDENTITY) or self._is_kept(olds, news)):
            return {**news, "instance": held}
        return {**news, "instance": f"claim-{secrets.token_hex(8)}"}

    def _is_kept(self, olds: Props, news: Props) -> bool:
        """Tell whether the claim goes on with what is declared now. Raises ValueError."""
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
            raise ValueError(msg) from None
        return False

    def converge(self, inputs: ExistingHostInputs, known: Props) -> Props:
        """Claim the folder, after moving there what is in the former one. Raises ExistingHostError."""
        if known.get("instance"):
            _move(self._parse(known), inputs)
        rest = (inputs.stack, str(inputs.instance), inputs.login.user, inputs.unit or "", inputs.account or "")
        try:
            _run(inputs, "claim", *rest, timeout=CLAIM_SECONDS)
        except SshError as error:
            msg = f"{inputs.name}: {error}"
            raise ExistingHostError(msg) from error
        return {}

    def observe(self, inputs: ExistingHostInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Report the claim as gone when the note there does not tell of it.

        Silence is no drift: a machine that is down for a while is still the one that was claimed.
        """
        try:
            ours = _run(inputs, "look", timeout=CLAIM_SECONDS).strip()
        except SshError as error:
            print(f"{inputs.name}: {error}; taken to be as it was", file=sys.stderr)
            return {}
        if not ours:
            print(f"{inputs.who}: {inputs.folder} is not this stack's any more", file=sys.stderr)
            return None
        return {}

    def remove(self, inputs: ExistingHostInputs, known: Props) -> None:  # noqa: ARG002
        """Stop the node and take away what is ours.

        Nothing is taken away of a claim that is only replaced if its chain cannot lose those data. Of a machine that is
        dead, or another one by now, it says what may be left there, and is content. Raises ExistingHostError when the
        machine is there and does not let us.
        """
        try:
            if LEDGER.stays(inputs.name):
                _require_replaceable(inputs)
        except DataLossError as error:
            raise ExistingHostError(str(error)) from None
        try:
            said = _run(inputs, "release", inputs.unit or "", inputs.account or "", timeout=RELEASE_SECONDS)
        except (NoAnswer, WrongHostKey) as error:
            print(f"{inputs.name}: {error}; {_left(inputs)}", file=sys.stderr)
            return
        except SshError as error:
            msg = f"{inputs.name}: {error}; mend it and destroy again, or `pulumi state delete` it: {_left(inputs)}"
            raise ExistingHostError(msg) from error
        if said.strip():
            print(f"{inputs.who}: {said.strip()}", file=sys.stderr)


class ExistingHost(Resource, module="servicechain", name="ExistingHost"):
    """A tracked claim. Raises ExistingHostError at creation if the machine cannot be claimed."""

    instance: pulumi.Output[str]
    """Another one for another claim. Known in previews."""

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
    """Return the instance of the claim on a machine, and `data` if a chain is held there. Raises SshError."""
    return _run(inputs, "look", timeout=CLAIM_SECONDS).split()


def _why_not_kept(before: ExistingHostInputs, wanted: ExistingHostInputs) -> str | None:
    """Return why a claim cannot go on with what is declared now, or None. Raises ValueError if that cannot be told."""
    if before.owner != wanted.owner:
        return f"{wanted.name}: identitySeed is another one"
    try:
        found = _look(wanted.model_copy(update={"folder": before.folder}))
    except SshError as error:
        msg = f"{wanted.name}: whether it is the machine that was claimed cannot be told before it answers: {error}"
        raise ValueError(msg) from None
    if before.instance not in found:
        return f"{wanted.who} is another machine, or {wanted.login.user} may not see {before.folder} there"
    if (before.folder, before.unit) == (wanted.folder, wanted.unit) or wanted.by_root:
        return None
    if before.unit is None and before.login.user == wanted.login.user and not before.by_root:
        return None
    return f"{wanted.who}: {wanted.login.user} has no rights of root, and cannot take over what is in {before.folder}"


def _require_replaceable(claim: ExistingHostInputs) -> None:
    """Count a claim as one that is replaced. Raises DataLossError if its chain cannot lose the data there."""
    try:
        found = _look(claim)
    except SshError:
        LEDGER.require_startable_empty(claim.name)
        return
    if "data" in found:
        LEDGER.require_deletable(claim.name)


def _move(before: ExistingHostInputs, wanted: ExistingHostInputs) -> None:
    """Move what is in the folder of a claim to where it is declared now. Raises ExistingHostError."""
    if (before.folder, before.unit) == (wanted.folder, wanted.unit):
        return
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
        msg = f"{error}; nothing was deleted: correct that and run again, it goes on where it stopped"
        raise ExistingHostError(msg) from error


def _left(inputs: ExistingHostInputs) -> str:
    service = (
        f", the service {inputs.unit} and its user {inputs.account}" if inputs.unit else " and a node that runs there"
    )
    return f"if the machine lives, the folder {inputs.folder}{service} are left on it"
