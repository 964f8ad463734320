"""A CTI Server that sends the frames of a test: it opens the session and records requests.

Frames are encoded by the library's codec from the reference's field names.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping

from ctios_fast.core import Message, codec
from ctios_fast.protocol import numbers as ged
from support.raw_client import PATIENCE
from support.scripted_server import frame, read_frame

CODEC = codec(25)
OPENED_MONITOR = 1
"""MonitorID of the session's own events."""

Answer = Callable[[Message], "list[bytes] | None"]


def encoded(
    number: int,
    floating: Mapping[str, object] | Iterable[tuple[str, object]] = (),
    *,
    version: int = 25,
    **fields: int,
) -> bytes:
    """Return a frame; fixed fields that are not given are 0, and floating ones that are None are left out."""
    of_version = codec(version)
    layout = of_version.describe(number)
    assert layout is not None
    values = {row.name: 0 for row in layout.fixed} | fields
    items = floating.items() if isinstance(floating, Mapping) else floating
    return of_version.encode(number, values, [(name, value) for name, value in items if value is not None])


def state_event(
    state: int,
    reason: int = 0,
    *,
    agent: str | None = "1001",
    monitor: int = OPENED_MONITOR,
    domain: int = 1,
    peripheral: int = 5000,
    instrument: str | None = None,
    extension: str | None = None,
    skill_group: int = 0xFFFFFFFF,
) -> bytes:
    """An AGENT_STATE_EVENT."""
    return encoded(
        ged.AGENT_STATE_EVENT,
        {"AgentID": agent, "AgentExtension": extension, "AgentInstrument": instrument},
        MonitorID=monitor,
        PeripheralID=peripheral,
        AgentState=state,
        EventReasonCode=reason,
        MRDID=domain,
        SkillGroupNumber=skill_group,
        SkillGroupID=skill_group,
    )


def confirmed(request: Message) -> bytes:
    """The confirmation of a SET_AGENT_STATE_REQ."""
    return encoded(ged.SET_AGENT_STATE_CONF, InvokeID=request["InvokeID"])


def refused(request: Message, code: int = 22) -> bytes:
    """A CONTROL_FAILURE_CONF."""
    return encoded(ged.CONTROL_FAILURE_CONF, InvokeID=request["InvokeID"], FailureCode=code)


def rejected(request: Message, status: int = 17) -> bytes:
    """A FAILURE_CONF."""
    return encoded(ged.FAILURE_CONF, InvokeID=request["InvokeID"], Status=status)


def state_answer(request: Message, state: int) -> bytes:
    """A QUERY_AGENT_STATE_CONF."""
    return encoded(
        ged.QUERY_AGENT_STATE_CONF,
        {"AgentID": request["AgentID"]},
        InvokeID=request["InvokeID"],
        AgentState=state,
        MRDID=1,
    )


def system_event(number: int, peripheral: int = 5000, pg_status: int = 0) -> bytes:
    """A SYSTEM_EVENT."""
    return encoded(ged.SYSTEM_EVENT, PGStatus=pg_status, SystemEventID=number, SystemEventArg1=peripheral)


class Peer:
    """The server.

    ``answers``: a function for each request number that returns the frames of the answer; None: no answer.
    QUERY_AGENT_STATE_REQ, SNAPSHOT_DEVICE_REQ (no calls), heartbeats and CLOSE_REQ are answered unless a test
    changes it.
    ``state``: the state of all agents.
    """

    def __init__(self) -> None:
        self.state = 2
        self.peripherals = [5000]
        self.requests: list[Message] = []
        self.answers: dict[int, Answer | None] = {
            ged.QUERY_AGENT_STATE_REQ: lambda request: [state_answer(request, self.state)],
            ged.SNAPSHOT_DEVICE_REQ: lambda request: [
                encoded(ged.SNAPSHOT_DEVICE_CONF, InvokeID=request["InvokeID"])
            ],
            ged.HEARTBEAT_REQ: lambda request: [encoded(ged.HEARTBEAT_CONF, InvokeID=request["InvokeID"])],
            ged.CLOSE_REQ: lambda request: [encoded(ged.CLOSE_CONF, InvokeID=request["InvokeID"])],
        }
        self.connections = 0
        self._writer: asyncio.StreamWriter | None = None
        self._came = asyncio.Event()

    async def behaviour(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self.connections += 1
        self._writer = writer
        while True:
            number, body = await read_frame(reader)
            request = CODEC.decode(frame(number, body))
            if number == ged.OPEN_REQ:
                writer.write(self._open_conf(request))
                continue
            answer = self.answers.get(number)
            frames = answer(request) if answer is not None else None
            writer.writelines(frames or [])
            self.requests.append(request)
            self._came.set()

    def _open_conf(self, request: Message) -> bytes:
        number = request["InvokeID"]
        return CODEC.encode(
            ged.OPEN_CONF,
            {
                "InvokeID": number,
                "ServicesGranted": request["ServicesRequested"],
                "MonitorID": OPENED_MONITOR,
                "PGStatus": 0,
                "ICMCentralControllerTime": 0,
                "PeripheralOnline": 1,
                "PeripheralType": 17,
                "AgentState": 1,
                "DepartmentID": 0,
                "SessionType": 0,
            },
            [
                ("NumPeripherals", len(self.peripherals)),
                *(
                    pair
                    for each in self.peripherals
                    for pair in (("FltPeripheralID", each), ("MultilineAgentControl", 0))
                ),
            ],
        )

    def send(self, *frames: bytes) -> None:
        """Send frames to the client in one write."""
        assert self._writer is not None
        self._writer.write(b"".join(frames))

    def cut(self) -> None:
        """Lose the connection."""
        assert self._writer is not None
        self._writer.transport.abort()

    def of(self, number: int) -> list[Message]:
        """Return the requests of a number so far."""
        return [request for request in self.requests if request.type == number]

    async def next(self, number: int, count: int = 1) -> Message:
        """Wait for ``count`` requests of that number; return the last of them."""
        async with asyncio.timeout(PATIENCE):
            while len(self.of(number)) < count:
                self._came.clear()
                await self._came.wait()
        return self.of(number)[count - 1]
