"""The operations of the service, in moto's way: a method for each."""

from typing import Any
from urllib.parse import unquote

from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from tests.aws.dlm.models import DlmBackend, dlm_backends

__all__ = ["DlmResponse"]


class DlmResponse(BaseResponse):
    """Answers to requests."""

    def __init__(self) -> None:
        super().__init__(service_name="dlm")
        self.automated_parameter_parsing = True

    @property
    def backend(self) -> DlmBackend:
        """Return the policies of the region."""
        return dlm_backends[self.current_account][self.region]

    def create_lifecycle_policy(self) -> ActionResult:
        """CreateLifecyclePolicy."""
        return ActionResult({"PolicyId": self.backend.create(self._asked)})

    def get_lifecycle_policy(self) -> ActionResult:
        """GetLifecyclePolicy."""
        return ActionResult({"Policy": self.backend.find(self._asked["PolicyId"])})

    def get_lifecycle_policies(self) -> ActionResult:
        """GetLifecyclePolicies."""
        return ActionResult({"Policies": list(self.backend.policies.values())})

    def update_lifecycle_policy(self) -> ActionResult:
        """UpdateLifecyclePolicy."""
        asked = self._asked
        self.backend.update(asked.pop("PolicyId"), asked)
        return EmptyResult()

    def delete_lifecycle_policy(self) -> ActionResult:
        """DeleteLifecyclePolicy."""
        self.backend.delete(self._asked["PolicyId"])
        return EmptyResult()

    def tag_resource(self) -> ActionResult:
        """TagResource."""
        asked = self._asked
        self.backend.by_arn(unquote(asked["ResourceArn"]))["Tags"].update(asked["Tags"])
        return EmptyResult()

    def untag_resource(self) -> ActionResult:
        """UntagResource."""
        asked = self._asked
        tags = self.backend.by_arn(unquote(asked["ResourceArn"]))["Tags"]
        for key in asked["TagKeys"]:
            tags.pop(key, None)
        return EmptyResult()

    @property
    def _asked(self) -> dict[str, Any]:
        return dict(self.params)
