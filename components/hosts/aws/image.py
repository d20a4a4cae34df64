"""Which image a machine is made from."""

import pulumi
from pulumi_aws import ec2

from components.settings.aws import Image


def newest(image: Image, invoke: pulumi.InvokeOptions) -> pulumi.Output[str]:
    """Return the id of the newest image of that owner and name, for amd64. A machine then keeps the one it had."""
    return ec2.get_ami_output(
        most_recent=True,
        owners=[image.owner],
        filters=[
            ec2.GetAmiFilterArgs(name="name", values=[image.name]),
            ec2.GetAmiFilterArgs(name="architecture", values=["x86_64"]),
            ec2.GetAmiFilterArgs(name="root-device-type", values=["ebs"]),
        ],
        opts=pulumi.InvokeOutputOptions(provider=invoke.provider),
    ).id
