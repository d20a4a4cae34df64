"""ExistingHost: a claim on a machine that somebody else looks after: on one folder, and on one service.

What the node leaves there goes with the claim, and nothing else does: the machine is as it was found then.
"""

import secrets
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

import pulumi
from pulumi.dynamic import Resource

from components.dynamic.base import OLD_GOES_FIRST, Inputs, Props, Provider
from components.ssh.errors import NoAnswer, SshError, WrongHostKey
from components.ssh.login import Login

SCRIPT = Path(__file__).with_suffix(".sh")

CLAIM_SECONDS = 60.0
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
    instance: str | None = None

    @property
    def who(self) -> str:
        """Return which machine this is, for messages."""
        return f"{self.name} at {self.login.place}"


class ExistingHostProvider(Provider[ExistingHostInputs]):
    """Claims, and gives back. A claim that is made anew finds a clean folder, and counts as another machine."""

    inputs_type = ExistingHostInputs
    replaced_by = frozenset({"machine", "owner", "folder", "unit"})

    def identify(self, inputs: ExistingHostInputs) -> str:
        """Return what the claim is known by."""
        return str(inputs.instance)

    def complete(self, olds: Props, news: Props) -> Props:
        """Make up an instance for a new claim, so that a preview shows what follows from it for that one alone."""
        same = all(olds.get(name) == news.get(name) for name in self.replaced_by)
        return {**news, "instance": (olds.get("instance") if same else None) or f"claim-{secrets.token_hex(8)}"}

    def converge(self, inputs: ExistingHostInputs, known: Props) -> Props:  # noqa: ARG002 - the note there tells
        """Claim the folder. Raises ExistingHostError when it is not free."""
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

        Of a machine that is dead, or another one by now, it says what may be left there, and is content. Raises
        ExistingHostError when the machine is there and does not let us.
        """
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
    from components.ssh import connection as ssh  # a preview has no use for it

    arguments = [verb, inputs.folder, inputs.owner, inputs.name, *rest]
    command = shlex.join(["exec", "sh", "-c", SCRIPT.read_text(encoding="utf-8"), SCRIPT.name, *arguments])
    return ssh.run(inputs.login, command, timeout=timeout, step=f"the {verb} of {inputs.folder}", fresh=True)


def _left(inputs: ExistingHostInputs) -> str:
    service = (
        f", the service {inputs.unit} and its user {inputs.account}" if inputs.unit else " and a node that runs there"
    )
    return f"if the machine lives, the folder {inputs.folder}{service} are left on it"
