"""The hand-packed call messages and the library's codec agree about every layout."""

import struct
from typing import Any

import pytest
from support.call_messages import MESSAGES, NUMBERS, Connection, parts

from ctios_fast.core import Codec

_LISTS: dict[str, list[tuple[Any, ...]]] = {
    "NamedVariable": [("user.account", "0815")],
    "NamedArray": [("user.visits", 2, "Tuesday")],
    "CTIClient": [("desktop", 1_700_000_000)],
    "SkillGroup": [(7, 5007, 1)],
    "ConnectedParty": [(503, "3001", 0), (503, "3002", 0)],
    "CallDevice": [(501, "3001", 0, 76, "3001", 3)],
}
_WITHOUT_DEFAULT = {
    "InvokeID": 9,
    "PrimaryCallID": 501,
    "SecondaryCallID": 502,
    "NewConnectionCallID": 503,
    "PrimaryDeviceIDType": 0,
    "SecondaryDeviceIDType": 0,
    "NewConnectionDeviceIDType": 0,
}


@pytest.mark.parametrize("version", [14, 19, 20, 25])
@pytest.mark.parametrize("message", MESSAGES)
def test_the_codec_finds_every_field_of_a_hand_packed_message(message: str, version: int) -> None:
    _, fixed, floating = MESSAGES[message]
    names = floating.split()
    if version < 20 and message == "AGENT_PRE_CALL":
        names.remove("AgentID")  # came with version 20
    fields = {name: value for name, value in _WITHOUT_DEFAULT.items() if f"{name}:" in fixed}
    for name in names:
        if name != "ConnectionDeviceID":
            fields[name] = _LISTS.get(name) or (33 if name in NUMBERS else name[:8])
    connection = Connection(501, "5001.0") if "ConnectionDeviceID" in names else None
    number, body, tail = parts(version, message, connection, **fields)
    head = ">BB" if version < 20 else ">HH"
    body += b"".join(struct.pack(head, tag, len(data)) + data for tag, data in tail)
    codec = Codec(version)
    decoded = codec.decode(struct.pack(">II", len(body), number) + body)
    assert decoded.check() == []
    shown = codec.to_dict(struct.pack(">II", len(body), number) + body)
    for name, value in fields.items():
        if isinstance(value, int | str) and name not in ("UserToUserInfo", "CallReferenceID"):
            assert shown[name] == value, name
