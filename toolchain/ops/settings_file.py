"""What a settings file has, as far as tools need it that run before or without the program.

What is wrong with settings is for the program to say, which names each fault; here a file can be read or not.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


def mapping_in(file: Path) -> Mapping[str, Any] | None:
    """Return the mapping in a YAML file; empty where there is no file or nothing in it, None if it is no mapping."""
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (OSError, ValueError, yaml.YAMLError):
        return None
    found = {} if found is None else found
    return found if isinstance(found, Mapping) else None


def config_in(file: Path) -> Mapping[str, Any] | None:
    """Return the section `config` of a settings file; empty where it has none, None if it is no mapping."""
    found = mapping_in(file)
    if found is None:
        return None
    config = found.get("config") or {}
    return config if isinstance(config, Mapping) else None
