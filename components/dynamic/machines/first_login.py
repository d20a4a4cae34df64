"""FirstLogin: replaces the host key that a machine booted with by the one that is pinned from then on.

Everybody on a machine can read its user data, so the private host key in there is used for one login only. Over that
login, which is authenticated already, the machine gets its own host key; the script beside this file does that.
"""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

import pulumi
from pulumi.dynamic import Resource
from pydantic import Field, ValidationError

from components.chain.rpc.waiting import Waiting
from components.domain.problems.hosts import FIRST_LOGIN_DENIED, FIRST_LOGIN_FAILED, NO_FIRST_LOGIN, UNKNOWN_HOST_KEY
from components.domain.problems.problem import CodedError, Message
from components.dynamic.base import Inputs, Props, Provider
from components.dynamic.machines.data_loss import LEDGER, declare
from components.ssh.errors import CommandFailed, LoginDenied, NoAnswer, SshError, WrongHostKey
from components.ssh.login import Login, fingerprint
from components.topology.data_holders import Holding

SCRIPT = Path(__file__).with_suffix(".sh")

DEADLINE = 600.0
"""Seconds for a machine to boot and to answer."""

DENIED_GRACE = 60.0
"""Seconds in which the client's key may be refused: cloud-init may not have written it yet."""

PAUSE = 1.0
"""Seconds between two attempts."""

SCRIPT_TIMEOUT, SCRIPT_TRIES = 90.0, 3
"""Seconds for the script, and how often it may fail: cloud-init may be restarting sshd just then."""


class FirstLoginError(CodedError):
    """A machine does not get its own host key; the message has the machine and the reason, and never a key."""


class FirstLoginInputs(Inputs):
    """A machine and its keys. `instance` is computed from the machine, never set by the program."""

    name: str
    """Name of the machine, for messages."""
    login: Login
    """With the host key that is pinned from the first login on."""
    one_time_host_key: str
    """The public key that the machine was booted with."""
    host_private_key: str = Field(repr=False)
    """The private half of the host key in `login`."""
    machine: str
    """Changes with the machine."""
    holding: Holding | None = None
    """For a validator: the other nodes that hold its chain."""
    instance: str | None = None

    @property
    def who(self) -> str:
        """Return the machine's name and address, for messages."""
        return f"{self.name} at {self.login.host}"


class FirstLoginProvider(Provider[FirstLoginInputs]):
    """Waits for the machine and gives it its own host key. Accepts that key and the one-time key, and no other."""

    inputs_type = FirstLoginInputs

    def identify(self, inputs: FirstLoginInputs) -> str:
        """Return the machine."""
        return inputs.machine

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore other nodes that come or go."""
        return name != "holding" and old != new

    def complete(self, olds: Props, news: Props) -> Props:
        """Compute `instance`, so that a preview shows what depends on it only for another machine.

        Refuses a plan that replaces more machines of a chain than may be down at the same time, although their disks
        stay. Raises ValueError.
        """
        declare(news)
        if news.get("holding") and olds and olds.get("machine") != news["machine"] and self._is_up(olds):
            LEDGER.require_stoppable(str(news["name"]))
        return {**news, "instance": news["machine"]}

    def _is_up(self, olds: Props) -> bool:
        """Return whether the former machine answers: replacing one that is down stops nothing."""
        try:
            return _shows_own_key(self._parse(olds))
        except (SshError, ValidationError):
            return False

    def converge(self, inputs: FirstLoginInputs, known: Props) -> Props:  # noqa: ARG002 - the machine tells
        """Log in until the machine shows its own key. Raises FirstLoginError."""
        _until_own_key(inputs)
        return {"instance": inputs.machine}

    def observe(self, inputs: FirstLoginInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Report a machine that shows its one-time key again; gone when it shows any other key.

        No answer is no drift: a machine that is down for a while is still the same.
        """
        try:
            return {} if _shows_own_key(inputs) else {"instance": ""}
        except WrongHostKey as error:
            if error.proxy:
                return {}
            print(_third_key(inputs, error), file=sys.stderr)
            return None
        except SshError:
            return {}


class FirstLogin(Resource, module="servicechain", name="FirstLogin"):
    """A tracked first login. Raises FirstLoginError if the machine cannot be logged in to."""

    instance: pulumi.Output[str]
    """The machine, once it shows its own host key: a trigger of commands on it. Known in previews."""

    def __init__(
        self,
        resource_name: str,
        *,
        login: pulumi.Input[Mapping[str, object]],
        one_time_host_key: pulumi.Input[str],
        host_private_key: pulumi.Input[str],
        machine: pulumi.Input[str],
        holding: Holding | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "name": resource_name,
            "login": pulumi.Output.secret(login),
            "one_time_host_key": one_time_host_key,
            "host_private_key": pulumi.Output.secret(host_private_key),
            "machine": machine,
            "instance": None,
            **({"holding": holding.model_dump()} if holding else {}),
        }
        secret = pulumi.ResourceOptions(additional_secret_outputs=["login", "host_private_key"])
        super().__init__(FirstLoginProvider(), resource_name, props, pulumi.ResourceOptions.merge(opts, secret))


class _FirstLogins:
    """The attempts to log in to one machine: since when it refuses the key, and how often its script has failed."""

    def __init__(self, inputs: FirstLoginInputs) -> None:
        self._inputs = inputs
        self._denied: Waiting | None = None
        self._failed = 0

    def attempt(self) -> str:
        """Return why the machine does not show its own key yet; empty once it does. Raises FirstLoginError."""
        try:
            if _shows_own_key(self._inputs):
                return ""
            _give_own_key(self._inputs)
            return "" if _shows_own_key(self._inputs) else "it still shows the one-time host key of its boot"
        except NoAnswer as error:
            self._denied = None
            return _reason(error)
        except LoginDenied as error:
            return self._refused(error)
        except WrongHostKey as error:
            raise FirstLoginError(_third_key(self._inputs, error)) from error
        except SshError as error:
            return self._script_failed(error)

    def _refused(self, error: LoginDenied) -> str:
        self._denied = self._denied or Waiting(DENIED_GRACE)
        if self._denied.over:
            asks = "was the machine booted with another key in its user data?"
            msg = FIRST_LOGIN_DENIED(f"{self._inputs.who}: {_reason(error)}: {asks}")
            raise FirstLoginError(msg) from error
        return _reason(error)

    def _script_failed(self, error: SshError) -> str:
        self._failed += 1
        if not isinstance(error, CommandFailed) or self._failed == SCRIPT_TRIES:
            raise FirstLoginError(FIRST_LOGIN_FAILED(f"{self._inputs.name}: {error}")) from error
        return error.what


def _reason(error: SshError) -> str:
    return str(error) if error.proxy else error.what


def _until_own_key(inputs: FirstLoginInputs) -> None:
    waiting, logins = Waiting(DEADLINE), _FirstLogins(inputs)
    while reason := logins.attempt():
        if waiting.over:
            msg = f"{inputs.who}: no first login in {DEADLINE:g} s ({reason}); is it up, and its SSH port open to here?"
            raise FirstLoginError(NO_FIRST_LOGIN(msg))
        waiting.report(f"{inputs.who}: no SSH yet ({reason})")
        waiting.pause(PAUSE)


def _shows_own_key(inputs: FirstLoginInputs) -> bool:
    """Log in with the machine's own key pinned; return False if it shows the one-time key. Raises SshError."""
    from components.ssh import connection as ssh  # previews do not need it

    try:
        ssh.run(inputs.login, "true", step="looking at its host key", fresh=True)
    except WrongHostKey as error:
        if error.proxy or error.shown != fingerprint(inputs.one_time_host_key):
            raise
        return False
    return True


def _give_own_key(inputs: FirstLoginInputs) -> None:
    """Replace the host key over a login with the one-time key pinned. Raises SshError."""
    from components.ssh import connection as ssh

    first = inputs.login.model_copy(update={"host_key": inputs.one_time_host_key})
    public = " ".join(inputs.login.host_key.split()[:2])
    ssh.run(
        first,
        f"exec sh -c {shlex.quote(SCRIPT.read_text(encoding='utf-8'))}",
        stdin=f"{public}\n{inputs.host_private_key}",
        timeout=SCRIPT_TIMEOUT,
        step="getting its own host key",
        fresh=True,
    )


def _third_key(inputs: FirstLoginInputs, error: WrongHostKey) -> Message:
    if error.proxy:
        return Message(f"{inputs.who}: {error}")
    shown = f"the host key shown there, {error.shown}," if error.shown else "what is shown there"
    one_time, own = fingerprint(inputs.one_time_host_key), fingerprint(inputs.login.host_key)
    return UNKNOWN_HOST_KEY(
        f"{inputs.who}: {shown} is neither the one-time key of its boot ({one_time}) nor its own ({own}):"
        " perhaps another machine answers at this address"
    )
