"""What KMS does with keys that sign, and moto does not."""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from moto.kms import responses

from tests.aws.manners import Manners

__all__ = ["manners"]

manners = Manners()


@manners.instead_of(responses.KmsResponse, "sign")
def _sign_what_is_a_digest_already(original: Any, response: Any) -> str:
    if response._get_param("MessageType") != "DIGEST":
        return str(original(response))
    key = response.kms_backend.describe_key(response._get_param("KeyId"))
    digest = response._get_param("Message")
    signature = key.private_key.private_key.sign(digest, ec.ECDSA(Prehashed(SHA256())))
    return json.dumps({"KeyId": key.arn, "Signature": base64.b64encode(signature).decode()})


@manners.instead_of(responses.KmsResponse, "get_public_key")
def _tell_the_spec_by_its_present_name(original: Any, response: Any) -> str:
    answer = json.loads(original(response))
    return json.dumps({**answer, "KeySpec": answer["CustomerMasterKeySpec"]})
