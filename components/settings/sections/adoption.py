"""An existing node, in the configuration of the machine that it runs on."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from components.domain.problems.settings import WRONG_FORM
from components.settings.values.types import Section, anchored, json_schema, shown

_PATH = re.compile(r"(/[A-Za-z0-9._-]+)+")


def _path(value: Any) -> str:
    if not isinstance(value, str) or not _PATH.fullmatch(value) or {".", ".."} & set(value.split("/")):
        home = isinstance(value, str) and value.startswith("~")
        hint = (
            "write the home folder of the node's user in full, such as /home/kaia/data"
            if home
            else "write for example /var/kscnd/data"
        )
        raise ValueError(WRONG_FORM(f"{shown(value)} is not an absolute path; {hint}"))
    return value


def _command(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError(
            WRONG_FORM(f"{shown(value)} is not a command on one line; write for example systemctl restart kscnd")
        )
    return value


Absolute = Annotated[
    str, BeforeValidator(_path), json_schema("string", "absolute path", pattern=anchored(_PATH.pattern))
]
Command = Annotated[str, BeforeValidator(_command), json_schema("string", "command", minLength=1)]


class NodeSettings(Section):
    """A node that already runs on the machine, and becomes one half of a pair."""

    data: Absolute = Field(examples=["/var/kscnd/data"])
    """Its DATA_DIR. The node's console is the socket klay.ipc in it."""
    conf: Absolute = Field(examples=["/etc/kscnd/conf/kscnd.conf"])
    """Its kend.conf or kscnd.conf, in which the keys of the bridge are set."""
    restart: Command | None = Field(default=None, examples=["systemctl restart kscnd"])
    """Command that restarts it. The default is its daemon script: ../bin/kscnd beside the folder of the conf for the
    archive, /etc/init.d/kscnd for the rpm package."""
