"""Data functions: what is looked up, also in previews."""

import fnmatch
from collections.abc import Callable
from typing import Any

from tests.aws.plugin.api import Cloud, tagged
from tests.aws.plugin.kind import UNHEARD, Function, Refused, Shape, shaped
from tests.aws.plugin.network import Subnet, Vpc
from tests.aws.plugin.values import Properties

__all__ = ["functions"]

_IMAGE_FILTERS = {
    "name": "Name",
    "architecture": "Architecture",
    "image-id": "ImageId",
    "image-type": "ImageType",
    "owner-id": "OwnerId",
    "root-device-type": "RootDeviceType",
    "state": "State",
    "virtualization-type": "VirtualizationType",
}


def functions(cloud: Cloud) -> dict[str, Function]:
    """Return the functions by their tokens."""
    return {
        "aws:ec2/getAmi:getAmi": _strict(
            {"mostRecent": None, "owners": None, "filters": [{"name": None, "values": None}]},
            lambda arguments: _image(cloud, arguments),
        ),
        "aws:ec2/getSubnet:getSubnet": _strict({"id": None}, lambda found: _one(Subnet(cloud), found)),
        "aws:ec2/getVpc:getVpc": _strict({"id": None}, lambda found: _one(Vpc(cloud), found)),
    }


def _strict(shape: Shape, function: Function) -> Function:
    """Return a function that refuses arguments which it would ignore."""

    def checked(arguments: Properties) -> Properties:
        if unknown := shaped(arguments, shape):
            raise Refused("; ".join(f"{name} {UNHEARD}" for name in unknown))
        return function(arguments)

    return checked


def _one(kind: Any, arguments: Properties) -> Properties:
    read: Callable[..., Properties] = kind.read
    return {**read(arguments["id"], {}), "id": arguments["id"]}


def _image(cloud: Cloud, arguments: Properties) -> Properties:
    """Find one image. The filters are applied here: moto knows few of them for images."""
    images = cloud.ec2("describe_images", Owners=arguments.get("owners"))["Images"]
    for wanted in arguments.get("filters", []):
        if wanted["name"] not in _IMAGE_FILTERS:
            msg = f"filters: {wanted['name']} {UNHEARD}"
            raise Refused(msg)
        key = _IMAGE_FILTERS[wanted["name"]]
        images = [image for image in images if _matches(image.get(key), wanted["values"])]
    if not images:
        msg = "Your query returned no results. Please change your search criteria and try again."
        raise Refused(msg)
    if len(images) > 1 and not arguments.get("mostRecent"):
        msg = "Your query returned more than one result. Please try a more specific search criteria."
        raise Refused(msg)
    image = max(images, key=lambda image: image["CreationDate"])
    names = {"ImageId": "imageId", **{key: key[0].lower() + key[1:] for key in _IMAGE_FILTERS.values()}}
    return {
        **arguments,
        **{name: image.get(key) for key, name in names.items()},
        "id": image["ImageId"],
        "creationDate": image["CreationDate"],
        "description": image.get("Description"),
        "rootDeviceName": image.get("RootDeviceName"),
        "tags": tagged(image)["tags"],
    }


def _matches(value: Any, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatchcase(str(value), pattern) for pattern in patterns)
