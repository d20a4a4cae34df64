"""Alarms of CloudWatch."""

from tests.aws.plugin.api import AwsKind, pairs, tagged
from tests.aws.plugin.values import Properties

__all__ = ["MetricAlarm"]

_NAMES = {
    "name": "AlarmName",
    "namespace": "Namespace",
    "metricName": "MetricName",
    "statistic": "Statistic",
    "period": "Period",
    "evaluationPeriods": "EvaluationPeriods",
    "threshold": "Threshold",
    "comparisonOperator": "ComparisonOperator",
    "alarmActions": "AlarmActions",
    "okActions": "OKActions",
    "treatMissingData": "TreatMissingData",
    "alarmDescription": "AlarmDescription",
}


class MetricAlarm(AwsKind):
    """An alarm on one metric. Its name is its id."""

    inputs = dict.fromkeys((*_NAMES, "dimensions", "tags"))
    required = ("namespace", "metricName", "comparisonOperator", "evaluationPeriods")
    outputs = ("arn", "tagsAll")
    replaced_by = ("name",)
    named = True

    def create(self, inputs: Properties) -> str:
        """Make it."""
        self._put(inputs, tags=inputs.get("tags"))
        return str(inputs["name"])

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Describe it."""
        found = self.cloud.cloudwatch("describe_alarms", AlarmNames=[identity])["MetricAlarms"]
        if not found:
            return None
        arn = found[0]["AlarmArn"]
        dimensions = {dimension["Name"]: dimension["Value"] for dimension in found[0].get("Dimensions", [])}
        return {
            **{name: found[0].get(api) for name, api in _NAMES.items()},
            **tagged(self.cloud.cloudwatch("list_tags_for_resource", ResourceARN=arn)),
            "dimensions": dimensions,
            "arn": arn,
        }

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Put it anew, which changes all but the tags."""
        self._put(new)
        live = self.read(identity, new) or {}
        if lost := [name for name in old.get("tags", {}) if name not in new.get("tags", {})]:
            self.cloud.cloudwatch("untag_resource", ResourceARN=live["arn"], TagKeys=lost)
        if new.get("tags"):
            self.cloud.cloudwatch("tag_resource", ResourceARN=live["arn"], Tags=pairs(new["tags"]))

    def delete(self, identity: str, inputs: Properties) -> None:  # noqa: ARG002
        """Remove it. CloudWatch does not mind if there is none."""
        self.cloud.cloudwatch("delete_alarms", AlarmNames=[identity])

    def _put(self, inputs: Properties, tags: Properties | None = None) -> None:
        dimensions = [{"Name": name, "Value": value} for name, value in inputs.get("dimensions", {}).items()]
        self.cloud.cloudwatch(
            "put_metric_alarm",
            **{api: inputs[name] for name, api in _NAMES.items() if name in inputs},
            Dimensions=dimensions or None,
            Tags=pairs(tags) if tags else None,
        )
