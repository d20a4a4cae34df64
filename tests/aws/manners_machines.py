"""What EC2 does with machines and their disks, and moto does not."""

import base64
from typing import Any

from moto.ec2.models import elastic_block_store, instances
from moto.ec2.responses import instances as responses
from moto.servicequotas.models import ServiceQuotasBackend

from tests.aws.manners import Manners, refuse

__all__ = ["QUOTAS", "manners"]

manners = Manners()
QUOTAS = {"L-1216C47A": 32.0, "L-0263D0A3": 5.0}
"""Of a new account: vCPUs of Running On-Demand Standard instances, and EC2-VPC Elastic IPs."""


@manners.instead_of(instances.Instance, "prep_nics")
def _be_where_the_interface_is(original: Any, instance: Any, *arguments: Any, **named: Any) -> None:
    original(instance, *arguments, **named)
    instance.placement.zone = instance.nics[0].subnet.availability_zone


@manners.instead_of(instances.Instance, "attach_eni")
def _one_machine_an_interface(original: Any, instance: Any, interface: Any, index: int) -> Any:
    if interface.instance not in {None, instance}:
        refuse("InvalidNetworkInterface.InUse", f"Interface: [{interface.id}] in use.")
    return original(instance, interface, index)


@manners.instead_of(instances.Instance, "terminate")
def _let_interfaces_go(original: Any, instance: Any) -> Any:
    # The dead machine keeps showing them: moto cannot describe one without.
    for interface in instance.nics.values():
        if interface.instance is instance:
            interface.instance = interface.attachment_id = interface.attach_time = interface.device_index = None
            interface.status = "available"
    return original(instance)


@manners.instead_of(instances.InstanceBackend, "stop_instances")
def _stop_no_dead_machine(original: Any, backend: Any, instance_ids: list[str]) -> Any:
    for instance in backend.get_multi_instances_by_id(instance_ids):
        if instance.state in {"shutting-down", "terminated"}:
            refuse("IncorrectInstanceState", f"The instance '{instance.id}' is not in a state from which it can stop.")
    return original(backend, instance_ids)


@manners.instead_of(responses, "parse_user_data")
def _encode_what_is_not(original: Any, value: str | bytes | None) -> Any:
    # A change of user data arrives decoded, a creation's does not.
    return original(base64.b64encode(value).decode() if isinstance(value, bytes) else value)


# -- disks -------------------------------------------------------------------------------------------------


@manners.instead_of(elastic_block_store.EBSBackend, "attach_volume")
def _attach_where_it_is_free(
    original: Any, backend: Any, volume_id: str, instance_id: str, device_path: str, *more: Any, **named: Any
) -> Any:
    volume, instance = backend.get_volume(volume_id), backend.get_instance(instance_id)
    if volume.attachment:
        refuse("VolumeInUse", f"{volume_id} is already attached to an instance")
    if volume.availability_zone != instance.availability_zone:
        sentence = f"The volume '{volume_id}' is not in the same availability zone as instance '{instance_id}'"
        refuse("InvalidVolume.ZoneMismatch", sentence)
    if instance.state not in {"running", "stopped"}:
        refuse("IncorrectInstanceState", f"Instance '{instance_id}' is not 'running'.")
    if device_path in instance.block_device_mapping:
        refuse("InvalidParameterValue", f"Attachment point {device_path} is already in use")
    return original(backend, volume_id, instance_id, device_path, *more, **named)


@manners.instead_of(elastic_block_store.EBSBackend, "modify_volume")
def _grow_only(original: Any, backend: Any, volume_id: str, size: int | None = None, *more: Any, **named: Any) -> Any:
    if size and size < backend.get_volume(volume_id).size:
        refuse("InvalidParameterValue", "New size cannot be smaller than existing size")
    return original(backend, volume_id, size, *more, **named)


@manners.instead_of(elastic_block_store.EBSBackend, "create_volume")
def _hold_all_of_the_snapshot(
    original: Any,
    backend: Any,
    size: int | None,
    zone_name: str,
    snapshot_id: str | None = None,
    *more: Any,
    **named: Any,
) -> Any:
    if snapshot_id and size and size < backend.get_snapshot(snapshot_id).volume.size:
        refuse("InvalidParameterValue", f"Volume of {size}GiB is smaller than snapshot '{snapshot_id}'")
    return original(backend, size, zone_name, snapshot_id, *more, **named)


@manners.instead_of(ServiceQuotasBackend, "get_service_quota")
def _have_quotas_for_machines(original: Any, backend: Any, service_code: str, quota_code: str) -> Any:
    """Moto has quotas of VPCs only."""
    if service_code != "ec2":
        return original(backend, service_code, quota_code)
    return {"ServiceCode": service_code, "QuotaCode": quota_code, "Value": QUOTAS[quota_code]}


@manners.instead_of(instances, "random_private_ip")
def _ask_for_none(_: Any, *__: Any) -> str:
    """Without an address of any network, a machine gets a free one of its subnet."""
    return ""
