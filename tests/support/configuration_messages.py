"""Configuration messages, packed with ``struct`` alone.

A record is a list of floating fields, as tag and bytes. Its first field is RecordType, except in a record of
agent services.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence

from support.struct_server import NULL_SKILL_GROUP, PERIPHERAL, Peer, text, uint, ushort

CONFIG_REQUEST_KEY_EVENT, CONFIG_KEY_EVENT = 230, 231
CONFIG_BEGIN_EVENT, CONFIG_END_EVENT = 233, 234
CONFIG_SERVICE_EVENT, CONFIG_SKILL_GROUP_EVENT, CONFIG_AGENT_EVENT, CONFIG_DEVICE_EVENT = 235, 236, 237, 238
CONFIG_CALL_TYPE_EVENT, CONFIG_MRD_EVENT = 245, 254
CONFIG_PERIPHERAL_EVENT, CONFIG_AGENT_DESK_SETTINGS_EVENT = 260, 261
CONFIG_TERMINAL_EVENT, CONFIG_AGENT_SERVICE_EVENT = 276, 282

#: Bits of ConfigInformation.
SERVICES, GROUPS, AGENTS, DEVICES, CALL_TYPES, MRDS = 0x1, 0x2, 0x4, 0x8, 0x10, 0x20
PERIPHERALS, DESK_SETTINGS, TERMINALS, AGENT_SERVICES = 0x40, 0x80, 0x100, 0x200

#: Tags of the keys.
KEY_TAGS = {SERVICES: 177, GROUPS: 178, AGENTS: 179, DEVICES: 180, CALL_TYPES: 209, PERIPHERALS: 269}

ADD, CHANGE, DELETE = 0, 1, 2
SOLICITED, UPDATE = 1, 2
SUCCESS, NO_PROVIDER, UNKNOWN_CUSTOMER, INVALID, EMPTY, PARTIAL = range(6)

Record = list[tuple[int, bytes]]


def agent(
    agent_id: str,
    first: str = "Ann",
    last: str = "Smith",
    *,
    kind: int = ADD,
    login_name: str | None = None,
    old_id: str | None = None,
    groups: Sequence[int] = (7, 8),
    peripheral_id: int = PERIPHERAL,
    target: int = 5001,
) -> Record:
    """A record of an agent, with all its fields."""
    record = [
        (183, ushort(kind)),
        (208, uint(peripheral_id)),
        (303, text("SEP0011")),
        (189, ushort(2)),
        (267, uint(0xFFFFFFFF)),
        (190, text(agent_id)),
    ]
    if old_id is not None:
        record.append((214, text(old_id)))
    return [
        *record,
        (207, text(f"login.{agent_id}" if login_name is None else login_name)),
        (138, text(last)),
        (137, text(first)),
        (173, text("3001")),
        (134, text("the first")),
        (141, uint(target)),
        (191, ushort(len(groups))),
        (257, ushort(1)),
        (261, ushort(2)),
        (62, b"".join(map(uint, groups))),
        (64, b"".join(ushort(0) for _ in groups)),
        (262, uint(1) + uint(5001)),
        (263, ushort(2) + ushort(3)),
    ]


def group(number: int, name: str = "Sales", *, kind: int = ADD, old: int | None = None) -> Record:
    """A record of a skill group, with all its fields."""
    renamed = [] if old is None else [(213, uint(old))]
    return [
        (183, ushort(kind)),
        (208, uint(PERIPHERAL)),
        (184, uint(number)),
        *renamed,
        (64, ushort(0)),
        (192, uint(9000 + number)),
        (185, ushort(1)),
        (173, text("")),
        (133, text(name)),
        (134, text("sells")),
        (216, uint(1)),
        (264, uint(0)),
        (265, text("NULL")),
        (176, text("param")),
    ]


def null_group() -> Record:
    """A record of a skill group whose number stands for "no group"."""
    return [(tag, uint(NULL_SKILL_GROUP) if tag == 184 else value) for tag, value in group(7)]


def begin(peer: Peer, information: int, key: bytes | None = None, *, kind: int = SOLICITED) -> None:
    """Begin a block."""
    keys = [] if key is None else [(tag, key) for bit, tag in KEY_TAGS.items() if bit & information]
    peer.send(CONFIG_BEGIN_EVENT, struct.pack(">HI", kind, information), keys)


def records(peer: Peer, number: int, given: Iterable[Record], count: int | None = None) -> None:
    """Send one message of records. ``count``: NumRecords, if it is wrong."""
    listed = list(given)
    fields = [field for record in listed for field in record]
    peer.send(number, ushort(len(listed) if count is None else count), fields)


def end(peer: Peer, status: int = SUCCESS, words: str | None = None) -> None:
    """End a block."""
    peer.send(CONFIG_END_EVENT, uint(status), [] if words is None else [(7, text(words))])


def keys(peer: Peer, by_bit: dict[int, bytes], status: int = 0) -> None:
    """Answer a request for keys."""
    peer.send(CONFIG_KEY_EVENT, uint(status), [(KEY_TAGS[bit], key) for bit, key in by_bit.items()])


def block(
    peer: Peer,
    information: int,
    given: Mapping[int, Iterable[Record]],
    key: bytes | None = None,
    *,
    kind: int = SOLICITED,
    status: int = SUCCESS,
) -> None:
    """Send a block, with one message for each number in ``given``."""
    begin(peer, information, key, kind=kind)
    for number, of_number in given.items():
        records(peer, number, of_number)
    end(peer, status)


def agents(peer: Peer, *given: Record, key: bytes | None = None, status: int = SUCCESS) -> None:
    """Send the block of agents that answers a request."""
    block(peer, AGENTS, {CONFIG_AGENT_EVENT: given}, key, status=status)


def groups(
    peer: Peer,
    *given: Record,
    agents: Sequence[Record] = (),
    kind: int = SOLICITED,
    status: int = SUCCESS,
) -> None:
    """Send a block of skill groups, and of agents if there are any."""
    by_number = {CONFIG_SKILL_GROUP_EVENT: given} | ({CONFIG_AGENT_EVENT: agents} if agents else {})
    block(peer, GROUPS | (AGENTS if agents else 0), by_number, kind=kind, status=status)


def update(peer: Peer, *given: Record, key: bytes | None = None) -> None:
    """Send an update of agents."""
    block(peer, AGENTS, {CONFIG_AGENT_EVENT: given}, key, kind=UPDATE)
