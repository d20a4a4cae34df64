"""Flow logs of the VPC: which connections there were, to a log group of CloudWatch or to a bucket."""

import pulumi
from pulumi_aws import cloudwatch, ec2

from components.hosts.aws.roles import service_role
from components.hosts.aws.tags import Tags
from components.settings.sections.aws_options.flow_logs import DEFAULT_DAYS, FlowLogsSettings

SERVICE = "vpc-flow-logs.amazonaws.com"
POLICY = "policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
"""Writes and reads logs, and nothing else. There is none for this service, and one of our own would need the right to
write policies in the hands of whoever brings the stack up."""
NAME = "flow-logs"


class FlowLogs(pulumi.ComponentResource):
    """The flow logs of one VPC."""

    def __init__(
        self,
        settings: FlowLogsSettings,
        vpc: pulumi.Input[str],
        region: str,
        tags: Tags,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("servicechain:aws:FlowLogs", NAME, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        if settings.bucket is not None:
            ec2.FlowLog(
                NAME,
                vpc_id=vpc,
                traffic_type="ALL",
                log_destination_type="s3",
                log_destination=settings.bucket,
                tags=tags.of(NAME),
                opts=mine,
            )
            self.register_outputs({})
            return
        group = cloudwatch.LogGroup(
            NAME,
            # A prefix: the service may write once more while the group is deleted, which makes it again.
            name_prefix=f"/servicechain-ha/{tags.stack}/{NAME}-",
            retention_in_days=settings.keep_days or DEFAULT_DAYS,
            tags=tags.of(NAME),
            opts=mine,
        )
        role = service_role(NAME, SERVICE, POLICY, "flow logs", region=region, tags=tags, opts=mine)
        ec2.FlowLog(
            NAME,
            vpc_id=vpc,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            tags=tags.of(NAME),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role.allowed]),
        )
        self.register_outputs({})
