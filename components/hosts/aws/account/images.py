"""The images that machines were made with. One that its owner withdrew is missed when the machine is lost."""

from functools import cache

import pulumi

from components.domain.problems.aws.account import IMAGE_GONE
from components.hosts.aws.account.account import AwsAccount, AwsRefusal


class Images:
    """The images of a region."""

    def __init__(self, region: str) -> None:
        self._account = AwsAccount(region)
        self._exists = cache(self._ask)

    def look_for(self, machine: str, image: str) -> None:
        """Warn if the image of a machine is no longer there: the provider says that something is missing, not what."""
        if not self._exists(image):
            words = (
                f"{machine}: its image {image} is no longer there: a machine that is lost cannot be made from it "
                f"again; run `make replace MACHINE={machine}`, which takes the newest image"
            )
            pulumi.log.warn(IMAGE_GONE(words))

    def _ask(self, image: str) -> bool:
        """Return whether an image is there, as far as this account may know. A deprecated one still makes machines."""
        filters = [{"Name": "image-id", "Values": [image]}]
        try:
            found = self._account.ask("ec2", "describe_images", Filters=filters, IncludeDeprecated=True)
        except AwsRefusal:
            return True
        return bool(found["Images"])
