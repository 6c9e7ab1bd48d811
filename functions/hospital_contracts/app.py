"""Locking hospitals and changing their keys, for operators."""

from guahao.bootstrap.hospital_settings import contracts
from guahao.contracts import Reason
from guahao.runtime.api import Allow, Api, Call
from schemas import ContractView, KeyedContractView, KeyRotation

handler = Api("hospital_contracts")

ONE = "/api/admin/hospital-settings/{hospitalCode}"


@handler.route("POST", f"{ONE}/lock", allow=Allow.OPERATOR, input=Reason, answer=ContractView)
def lock(call: Call[Reason]) -> ContractView:
    """Lock a hospital: it publishes nothing and is not booked; its orders go on."""
    return ContractView.model_validate(contracts().lock(call.principal, call.path["hospitalCode"], call.input.reason))


@handler.route("POST", f"{ONE}/unlock", allow=Allow.OPERATOR, input=Reason, answer=ContractView)
def unlock(call: Call[Reason]) -> ContractView:
    """Open a locked hospital again."""
    return ContractView.model_validate(contracts().unlock(call.principal, call.path["hospitalCode"], call.input.reason))


@handler.route("POST", f"{ONE}/key", allow=Allow.OPERATOR, input=KeyRotation, answer=KeyedContractView)
def rotate_key(call: Call[KeyRotation]) -> KeyedContractView:
    """Replace the key; the new one is shown this once, the present one stays good for the overlap."""
    return KeyedContractView.model_validate(contracts().rotate_key(call.principal, call.path["hospitalCode"], call.input.overlap))
