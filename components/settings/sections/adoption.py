"""A node that exists already, in the configuration of the machine that it runs on."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from components.settings.values.types import Section, shown

_PATH = re.compile(r"(/[A-Za-z0-9._-]+)+")


def _path(value: Any) -> str:
    if not isinstance(value, str) or not _PATH.fullmatch(value) or {".", ".."} & set(value.split("/")):
        home = isinstance(value, str) and value.startswith("~")
        hint = (
            "write the home of the node's own user out, as /home/kaia/data"
            if home
            else "write for example /var/kscnd/data"
        )
        msg = f"{shown(value)} is no absolute path; {hint}"
        raise ValueError(msg)
    return value


def _command(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        msg = f"{shown(value)} is no command on one line; write for example systemctl restart kscnd"
        raise ValueError(msg)
    return value


Absolute = Annotated[str, BeforeValidator(_path)]


class NodeSettings(Section):
    """A node that runs there already, and becomes one half of a pair as it is."""

    data: Absolute
    """Its DATA_DIR. The node's console is the socket klay.ipc in it."""
    conf: Absolute
    """Its kend.conf or kscnd.conf, of which the keys of the bridge are set in place."""
    restart: Annotated[str, BeforeValidator(_command)] | None = None
    """Command that restarts it, as `systemctl restart kscnd`. By default its daemon script does it: of the archive
    ../bin/kscnd beside the folder of the conf, of the rpm package /etc/init.d/kscnd."""
