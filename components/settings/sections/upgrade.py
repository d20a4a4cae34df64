"""The section `upgrade`: what is done besides when nodes get another version."""

from components.settings.values.types import Flag, Section


class UpgradeSettings(Section):
    """What else is done when nodes get another version."""

    keep_data: Flag = False
    """Whether an SCN's data are copied on its machine before it first starts with a newer major version, while it is
    stopped. See versions.md."""
