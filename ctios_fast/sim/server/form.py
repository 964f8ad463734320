"""What a CTI Server minds about the form of any request, as a table from finding to status code."""

from collections.abc import Mapping
from typing import Final

from ctios_fast.core import Message
from ctios_fast.protocol.enums import StatusCode

__all__ = ["form_of", "invoke_id_of"]

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

_COUNTED: Final[Mapping[str, StatusCode]] = {
    "SkillGroupNumber": StatusCode.E_CTI_INVALID_NUM_SKILL_GROUPS,
    "SkillGroupPriority": StatusCode.E_CTI_INVALID_NUM_SKILL_GROUPS,
    "NamedVariable": StatusCode.E_CTI_INVALID_NUM_NAMED_VARIABLES,
    "NamedArray": StatusCode.E_CTI_INVALID_NUM_NAMED_ARRAYS,
}
"""Fields whose wrong number has a status of its own."""


def form_of(message: Message) -> StatusCode | None:
    """Status of the first thing wrong with the form of a message that was well-formed; None if nothing is."""
    if not message.documented:
        return StatusCode.E_CTI_INVALID_MSG_TYPE_FOR_VERSION
    for finding in message.check():
        if finding.kind == "count_mismatch" and finding.field in _COUNTED:
            return _COUNTED[finding.field]
        return _STATUS.get(finding.kind, StatusCode.E_CTI_BAD_MESSAGE_FORMAT)
    return None


def invoke_id_of(frame: bytes) -> int:
    """InvokeID of a frame that could not be read: the first number of its body, 0 if there is none."""
    return int.from_bytes(frame[8:12], "big") if len(frame) >= 12 else 0
