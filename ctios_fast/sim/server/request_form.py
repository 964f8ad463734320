"""The form of requests: a table from the findings of ``Message.check`` to the statuses that refuse them."""

from collections.abc import Mapping
from typing import Final

from ctios_fast.core import Message
from ctios_fast.protocol.enums import StatusCode

from .refusal import Refused

__all__ = ["check_form", "invoke_id_of"]

_STATUS: Final[Mapping[str, StatusCode]] = {
    "message_too_new": StatusCode.E_CTI_INVALID_MSG_TYPE_FOR_VERSION,
    "unknown_tag": StatusCode.E_CTI_INVALID_FIELD_TAG,
    "tag_too_new": StatusCode.E_CTI_INVALID_TAG_FOR_VERSION,
    "tag_not_of_message": StatusCode.E_CTI_INVALID_TAG_FOR_MSG_TYPE,
    "too_long": StatusCode.E_CTI_INVALID_FIELD_LENGTH,
    "wrong_width": StatusCode.E_CTI_INVALID_FIELD_LENGTH,
    "required_missing": StatusCode.E_CTI_REQUIRED_DATA_MISSING,
    "count_mismatch": StatusCode.E_CTI_BAD_MESSAGE_FORMAT,
}
"""Kind of finding -> status."""

_COUNTED: Final[Mapping[str, StatusCode]] = {
    "SkillGroupNumber": StatusCode.E_CTI_INVALID_NUM_SKILL_GROUPS,
    "SkillGroupPriority": StatusCode.E_CTI_INVALID_NUM_SKILL_GROUPS,
    "NamedVariable": StatusCode.E_CTI_INVALID_NUM_NAMED_VARIABLES,
    "NamedArray": StatusCode.E_CTI_INVALID_NUM_NAMED_ARRAYS,
}
"""Fields whose wrong number has a status of its own."""


def check_form(message: Message, may_lack: frozenset[str] = frozenset()) -> None:
    """Check a request that was well-formed; ``may_lack``: required fields that may be absent all the same.

    Raises Refused with the status of the first finding.
    """
    if not message.documented:
        raise Refused(StatusCode.E_CTI_INVALID_MSG_TYPE_FOR_VERSION, "MessageType", message.type)
    for finding in message.check():
        if finding.kind == "required_missing" and finding.field in may_lack:
            continue
        status = _STATUS.get(finding.kind, StatusCode.E_CTI_BAD_MESSAGE_FORMAT)
        if finding.kind == "count_mismatch":
            status = _COUNTED.get(finding.field, status)
        raise Refused(status, finding.field, finding.kind.replace("_", " "))


def invoke_id_of(frame: bytes) -> int:
    """InvokeID of a frame that could not be read: the first number of its body, 0 if there is none."""
    return int.from_bytes(frame[8:12], "big") if len(frame) >= 12 else 0
