"""The eager peer: plain ``struct``, every field of every event into a dict."""

import struct

HEADER = struct.Struct(">II")
AGENT_STATE_FIXED = struct.Struct(">IIIHHIIIHHHiIHIiIHi")
AGENT_STATE_NAMES = (
    "MonitorID", "PeripheralID", "SessionID", "PeripheralType", "SkillGroupState", "StateDuration",
    "SkillGroupNumber", "SkillGroupID", "SkillGroupPriority", "AgentState", "EventReasonCode", "MRDID",
    "NumTasks", "AgentMode", "MaxTaskLimit", "ICMAgentID", "AgentAvailabilityStatus", "NumFltSkillGroups",
    "DepartmentID",
)  # fmt: skip
TAG = struct.Struct(">HH")
TAG_NAMES = {3: "CTIClientSignature", 4: "AgentExtension", 5: "AgentID", 6: "AgentInstrument"}
SET_AGENT_STATE_FIXED = struct.Struct(">IIHHHHBI")


def agent_state(body: memoryview) -> dict[str, object]:
    """An AGENT_STATE_EVENT of versions 20 to 25 as a dict."""
    event = dict(zip(AGENT_STATE_NAMES, AGENT_STATE_FIXED.unpack_from(body), strict=True))
    position = AGENT_STATE_FIXED.size
    while position < len(body):
        tag, length = TAG.unpack_from(body, position)
        position += 4
        event[TAG_NAMES.get(tag, tag)] = bytes(body[position : position + length]).rstrip(b"\0").decode()
        position += length
    return event


def split(data: memoryview, handler) -> int:
    """Call the handler with each AGENT_STATE_EVENT in the data as a dict."""
    position = count = 0
    while position + 8 <= len(data):
        length, message_type = HEADER.unpack_from(data, position)
        if position + 8 + length > len(data):
            break
        if message_type == 30:
            handler(agent_state(data[position + 8 : position + 8 + length]))
        position += 8 + length
        count += 1
    return count


def _string(tag: int, text: str) -> bytes:
    data = text.encode() + b"\0"
    return TAG.pack(tag, len(data)) + data


def set_agent_state(invoke_id: int, state: int, instrument: str, agent_id: str) -> bytes:
    """A SET_AGENT_STATE_REQ of versions 20 to 25."""
    body = SET_AGENT_STATE_FIXED.pack(invoke_id, 5000, state, 0, 0, 0, 0, 0)
    body += _string(6, instrument) + _string(5, agent_id)
    return HEADER.pack(len(body), 38) + body
