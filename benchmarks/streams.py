"""The input of the benchmarks: streams of events in two working sets, generated with a seeded random source.

256 KiB stay in the nearest caches, 64 MiB do not fit into any cache. There are three streams: agent state
events, call delivered events with ten call variables and ECC variables, and the mix of a busy peripheral.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import cycle, islice
from typing import Any, Final, NamedTuple

from ctios_fast.core import codec
from ctios_fast.core.scan.column_scan import count_frames
from ctios_fast.protocol import numbers as ged

VERSION: Final = 25
PERIPHERAL: Final = 5000
SIZES: Final = {"256 KiB": 256 << 10, "64 MiB": 64 << 20}
AGENTS: Final = 500
#: Bytes of one read of a socket.
PIECE: Final = 64 << 10

#: States between login and logout. LOGIN and LOGOUT are only a few of 1000 events of a real peripheral.
_STATES: Final = (2, 3, 4, 6, 8, 10)


class Share(NamedTuple):
    """The share of a message in 1000 events of the mix, and the reason."""

    message: int
    of_1000: int
    reason: str


#: One queued call that an agent answers causes about 25 events; the shares follow from them.
MIX: Final = (
    Share(
        ged.AGENT_STATE_EVENT, 320, "reserved, talking, wrap-up, available, for the agent and a skill group"
    ),
    Share(ged.CALL_DATA_UPDATE_EVENT, 120, "call variables and ECC set by the IVR and by the router"),
    Share(ged.BEGIN_CALL_EVENT, 45, "one a call, and one for some consultations"),
    Share(ged.END_CALL_EVENT, 45, "as many as begin"),
    Share(ged.CALL_DELIVERED_EVENT, 80, "at the route point, at the IVR and at the agent"),
    Share(ged.CALL_ESTABLISHED_EVENT, 80, "as many as are delivered"),
    Share(ged.CALL_CONNECTION_CLEARED_EVENT, 90, "each party that leaves"),
    Share(ged.CALL_CLEARED_EVENT, 40, "one a call"),
    Share(ged.CALL_QUEUED_EVENT, 40, "one a call, three skill groups"),
    Share(ged.CALL_DEQUEUED_EVENT, 40, "as many as are queued"),
    Share(ged.AGENT_PRE_CALL_EVENT, 35, "before a routed call reaches the agent"),
    Share(ged.CALL_HELD_EVENT, 15, "one call in three is held"),
    Share(ged.CALL_RETRIEVED_EVENT, 15, "as many as are held"),
    Share(ged.CALL_TRANSFERRED_EVENT, 5, "one call in ten is transferred"),
    Share(ged.RTP_STARTED_EVENT, 15, "only from phones that report their media"),
    Share(ged.RTP_STOPPED_EVENT, 15, "as many as start"),
)


class Wanted(NamedTuple):
    """The fields that a handler of a message reads: two numbers in wire order, and a text."""

    first: str
    second: str
    text: str


_CALL = Wanted("PeripheralID", "ConnectionCallID", "ConnectionDeviceID")
WANTED: Final[dict[int, Wanted]] = {
    **dict.fromkeys((share.message for share in MIX), _CALL),
    ged.AGENT_STATE_EVENT: Wanted("PeripheralID", "AgentState", "AgentID"),
    ged.AGENT_PRE_CALL_EVENT: Wanted("ServiceNumber", "SkillGroupID", "AgentID"),
    ged.CALL_TRANSFERRED_EVENT: Wanted("PeripheralID", "PrimaryCallID", "PrimaryDeviceID"),
}


Fields = list[tuple[str, object]]


def agent_id(number: int) -> str:
    """Return an agent ID of six digits."""
    return str(100_000 + number)


def _agent_state(rng: random.Random, agent: int) -> bytes:
    group = rng.randrange(40)
    fields = {
        "MonitorID": 1, "PeripheralID": PERIPHERAL, "SessionID": rng.randrange(1 << 31), "PeripheralType": 17,
        "SkillGroupState": rng.choice(_STATES), "StateDuration": rng.randrange(3600),
        "SkillGroupNumber": group, "SkillGroupID": 5000 + group, "SkillGroupPriority": 0,
        "AgentState": rng.choice(_STATES), "EventReasonCode": rng.choice((0, 0, 0, 7, 12)), "MRDID": 1,
        "NumTasks": rng.randrange(2), "AgentMode": 1, "MaxTaskLimit": 1, "ICMAgentID": 7000 + agent,
        "AgentAvailabilityStatus": 1, "NumFltSkillGroups": 0, "DepartmentID": 0,
    }  # fmt: skip
    return codec(VERSION).encode(
        ged.AGENT_STATE_EVENT,
        fields,
        [
            ("CTIClientSignature", "wallboard"),
            ("AgentID", agent_id(agent)),
            ("AgentExtension", agent_id(agent)),
            ("AgentInstrument", agent_id(agent)),
        ],
    )


def _digits(rng: random.Random, count: int) -> str:
    return str(rng.randrange(10 ** (count - 1), 10**count))


def _call_variables(rng: random.Random) -> Fields:
    return [(f"CallVariable{number}", _digits(rng, rng.choice((4, 8, 12, 20)))) for number in range(1, 11)]


def _ecc(rng: random.Random) -> Fields:
    return [
        ("NamedVariable", ("user.customer.segment", rng.choice(("gold", "silver", "none")))),
        ("NamedVariable", ("user.cisco.callguid", f"{rng.getrandbits(128):032X}")),
        ("NamedVariable", ("user.microapp.media_server", "http://media.example/prompts")),
        ("NamedArray", ("user.microapp.ToExtVXML", 0, _digits(rng, 12))),
        ("NamedArray", ("user.microapp.ToExtVXML", 1, _digits(rng, 12))),
    ]


class _Call(NamedTuple):
    """One random call."""

    rng: random.Random
    caller: str
    dialled: str
    agent: str

    def device(self) -> Fields:
        return [("ConnectionDeviceID", self.agent)]

    def variables(self) -> Fields:
        numbers = [("ANI", self.caller), ("DNIS", self.dialled), ("DialedNumber", self.dialled)]
        return [*numbers, *_call_variables(self.rng), *_ecc(self.rng)]

    def parties(self, role: str) -> Fields:
        return [(role, self.agent), ("CallingDeviceID", self.caller), ("CalledDeviceID", self.dialled)]

    def media(self) -> Fields:
        address = f"10.0.{self.rng.randrange(256)}.{self.rng.randrange(256)}"
        client: Fields = [("ClientAddress", address), ("AgentID", self.agent), ("AgentExtension", self.agent)]
        return [*self.device(), *client, ("SendingAddress", address), ("SendingPort", 24_000)]

    def before(self) -> Fields:
        key: Fields = [(f"RouterCallKey{part}", 150_000) for part in ("Day", "CallID", "SequenceNumber")]
        variables = [field for field in self.variables() if field[0] != "DNIS"]
        return [("AgentInstrument", self.agent), *key, *variables, ("AgentID", self.agent)]

    def transferred(self) -> Fields:
        both: Fields = [("PrimaryDeviceID", self.agent), ("SecondaryDeviceID", self.agent)]
        return [*both, ("TransferringDeviceID", self.agent), ("TransferredDeviceID", self.caller)]


#: Floating fields of each message. A message that is not listed has only the device of the connection.
_FLOATING: Final[dict[int, Callable[[_Call], Fields]]] = {
    ged.BEGIN_CALL_EVENT: lambda call: call.device() + call.variables(),
    ged.CALL_DATA_UPDATE_EVENT: lambda call: (
        [*call.device(), ("NewConnectionDeviceID", ""), *call.variables()]
    ),
    ged.CALL_DELIVERED_EVENT: lambda call: (
        call.device() + call.parties("AlertingDeviceID") + call.variables()
    ),
    ged.CALL_ESTABLISHED_EVENT: lambda call: call.device() + call.parties("AnsweringDeviceID"),
    ged.CALL_CONNECTION_CLEARED_EVENT: lambda call: [*call.device(), ("ReleasingDeviceID", call.agent)],
    ged.CALL_HELD_EVENT: lambda call: [*call.device(), ("HoldingDeviceID", call.agent)],
    ged.CALL_RETRIEVED_EVENT: lambda call: [*call.device(), ("RetrievingDeviceID", call.agent)],
    ged.CALL_QUEUED_EVENT: lambda call: (
        call.device() + call.parties("QueueDeviceID") + _skill_groups(call.rng)
    ),
    ged.CALL_DEQUEUED_EVENT: lambda call: call.device() + _skill_groups(call.rng),
    ged.CALL_TRANSFERRED_EVENT: _Call.transferred,
    ged.RTP_STARTED_EVENT: _Call.media,
    ged.RTP_STOPPED_EVENT: _Call.media,
    ged.AGENT_PRE_CALL_EVENT: _Call.before,
}


def _skill_groups(rng: random.Random) -> Fields:
    rows: Fields = []
    for _ in range(3):
        group = rng.randrange(40)
        rows += [("SkillGroupNumber", group), ("SkillGroupID", 5000 + group), ("SkillGroupPriority", 0)]
    return rows


_COUNTS = {
    "NumNamedVariables": "NamedVariable",
    "NumNamedArrays": "NamedArray",
    "NumSkillGroups": "SkillGroupID",
}


def _call_event(
    rng: random.Random,
    message: int,
    call_id: int | None = None,
    agent: str | None = None,
    state: int | None = None,
) -> bytes:
    # An event of a given call, or of any.
    call = _Call(rng, _digits(rng, 11), _digits(rng, 5), agent or agent_id(rng.randrange(AGENTS)))
    floating = _FLOATING.get(message, _Call.device)(call)
    layout = codec(VERSION).describe(message)
    assert layout is not None
    fields: dict[str, int] = {}
    for field in layout.fixed:
        if field.name in _COUNTS:
            fields[field.name] = sum(name == _COUNTS[field.name] for name, _ in floating)
        elif field.name.startswith("Num"):
            fields[field.name] = 0
        elif field.name.endswith("CallID"):
            fields[field.name] = rng.randrange(1 << 24)
        else:
            fields[field.name] = rng.randrange(40)
    if "PeripheralID" in fields:
        fields["PeripheralID"] = PERIPHERAL
    if call_id is not None:
        given = {"MonitorID": 1, "LocalConnectionState": state or 0}
        given |= {name: call_id for name in fields if name.endswith("ConnectionCallID")}
        fields |= {name: value for name, value in given.items() if name in fields}
        floating = [
            ("NewConnectionDeviceID", call.agent) if each[0] == "NewConnectionDeviceID" else each
            for each in floating
        ]
    return codec(VERSION).encode(message, fields, floating)


def _drawn(size: int, rng: random.Random, pool: Sequence[bytes]) -> bytes:
    # whole events only, so that the stream can be repeated
    mean = sum(map(len, pool)) / len(pool)
    return b"".join(rng.choices(pool, k=round(size / mean)))


@cache
def agent_states(size: str, agents: int = AGENTS) -> bytes:
    """Return events of about 115 bytes with four texts, of random agents."""
    rng = random.Random(agents)
    pool = [_agent_state(rng, number % agents) for number in range(max(agents, 5000))]
    return _drawn(SIZES[size], rng, pool)


@cache
def calls_delivered(size: str) -> bytes:
    """Return CALL_DELIVERED_EVENTs of about 700 bytes: ten call and three ECC variables, one ECC array."""
    rng = random.Random(9)
    pool = [_call_event(rng, ged.CALL_DELIVERED_EVENT) for _ in range(2000)]
    return _drawn(SIZES[size], rng, pool)


@cache
def mixed(size: str) -> bytes:
    """Return the mix of a busy peripheral, in the proportions of ``MIX``."""
    rng = random.Random(25)
    pool = [
        _agent_state(rng, rng.randrange(AGENTS))
        if share.message == ged.AGENT_STATE_EVENT
        else _call_event(rng, share.message)
        for share in MIX
        for _ in range(10 * share.of_1000)
    ]
    return _drawn(SIZES[size], rng, pool)


#: Calls that are under way at a time in ``call_lives``, and calls before the stream repeats.
CALLS_AT_ONCE: Final = 200
_LIVES: Final = 1000
#: What happens in a call, in order; a number is the share of calls in which it does. With the agents' states
#: between them the events have about the proportions of MIX.
_LIFE: Final = (
    (ged.AGENT_PRE_CALL_EVENT, 0.875),
    (ged.BEGIN_CALL_EVENT, 1),
    (ged.CALL_DATA_UPDATE_EVENT, 1),
    (ged.CALL_DELIVERED_EVENT, 1),
    (ged.CALL_QUEUED_EVENT, 1),
    (ged.CALL_DATA_UPDATE_EVENT, 1),
    (ged.CALL_DEQUEUED_EVENT, 1),
    (ged.CALL_DELIVERED_EVENT, 1),
    (ged.RTP_STARTED_EVENT, 0.375),
    (ged.CALL_ESTABLISHED_EVENT, 1),
    (ged.CALL_DATA_UPDATE_EVENT, 1),
    (ged.CALL_HELD_EVENT, 0.375),
    (ged.CALL_RETRIEVED_EVENT, 0.375),
    (ged.CALL_ESTABLISHED_EVENT, 1),
    (ged.RTP_STOPPED_EVENT, 0.375),
    (ged.CALL_CONNECTION_CLEARED_EVENT, 1),
    (ged.CALL_CONNECTION_CLEARED_EVENT, 1),
    (ged.CALL_CLEARED_EVENT, 1),
    (ged.END_CALL_EVENT, 1),
)
_STATED: Final = {
    ged.CALL_DELIVERED_EVENT: 2, ged.CALL_ESTABLISHED_EVENT: 3, ged.CALL_HELD_EVENT: 4,
    ged.CALL_RETRIEVED_EVENT: 3, ged.CALL_QUEUED_EVENT: 5,
}  # fmt: skip


def _life(rng: random.Random, call_id: int) -> Iterator[bytes]:
    agent = agent_id(rng.randrange(AGENTS))
    for message, share in _LIFE:
        if rng.random() < share:
            yield _call_event(rng, message, call_id, agent, _STATED.get(message, 0))


@cache
def _lives(*, states: bool) -> tuple[bytes, ...]:
    rng = random.Random(12)
    stories = [_life(rng, call_id) for call_id in range(1, _LIVES + 1)]
    frames: list[bytes] = []
    under_way = stories[:CALLS_AT_ONCE]
    waiting = stories[CALLS_AT_ONCE:]
    while under_way:
        place = rng.randrange(len(under_way))
        event = next(under_way[place], None)
        if event is not None:
            frames.append(event)
            if states and rng.random() < 0.47:  # 320 of 1000 events
                frames.append(_agent_state(rng, rng.randrange(AGENTS)))
        elif waiting:
            under_way[place] = waiting.pop()
        else:
            under_way.pop(place)
    return tuple(frames)


def _repeated(size: str, frames: tuple[bytes, ...]) -> bytes:
    once = b"".join(frames)
    return once * max(1, round(SIZES[size] / len(once)))


@cache
def call_lives(size: str) -> bytes:
    """Return the events of whole calls, ``CALLS_AT_ONCE`` at a time, each from BEGIN_CALL to END_CALL."""
    return _repeated(size, _lives(states=False))


@cache
def busy_hour(size: str) -> bytes:
    """Return the same with the agents' states: the mix, of calls that begin and end."""
    return _repeated(size, _lives(states=True))


STREAMS: Final[dict[str, Callable[[str], bytes]]] = {
    "AGENT_STATE_EVENT": agent_states,
    "CALL_DELIVERED_EVENT": calls_delivered,
    "the mix": mixed,
}
#: Streams that make sense only as a whole: their calls begin and end.
WHOLE_STREAMS: Final[dict[str, Callable[[str], bytes]]] = {"calls": call_lives, "busy hour": busy_hour}


def stream(name: str, size: str) -> bytes:
    """Return the stream of that name."""
    return {**STREAMS, **WHOLE_STREAMS}[name](size)


def frames_of(stream: bytes) -> list[bytes]:
    """Return each event as bytes of its own."""
    found = []
    at = 0
    while at < len(stream):
        end = at + 8 + int.from_bytes(stream[at : at + 4], "big")
        found.append(stream[at:end])
        at = end
    return found


def in_turns(items: Sequence[Any], count: int) -> Iterator[list[Any]]:
    """Yield the next ``count`` items in a cycle, so that short rounds use all of the memory."""
    endless = cycle(items)
    while True:
        yield list(islice(endless, count))


def pieces(stream: bytes) -> list[memoryview]:
    """Return the stream in pieces, as from a socket.

    The copy is the caller's own, so no other side warms it.
    """
    own = memoryview(bytearray(stream)).toreadonly()
    return [own[at : at + PIECE] for at in range(0, len(own), PIECE)]


def whole_pieces(stream: bytes) -> list[memoryview]:
    """Return the stream in pieces that end with an event, for sides that may stop at any piece."""
    own = memoryview(bytearray(stream)).toreadonly()
    found = []
    start = 0
    while start < len(own):
        frames, size = count_frames(own[start : start + PIECE])
        assert frames
        found.append(own[start : start + size])
        start += size
    return found
