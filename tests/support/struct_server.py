"""A CTI Server that packs every byte with ``struct``, to check the library independently of its own codec.

It imports nothing of the package, so that a misreading of the protocol cannot be on both sides. A test holds
the server's end of each connection and states message by message what is received and sent::

    peer = await server.accepted()
    request = await peer.receive(OPEN_REQ)
    peer.send(OPEN_CONF, ...)

Layouts are for versions 14 to 25. Before version 20 the tag and the length of a floating field have one byte
each.
"""

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

FAILURE_CONF, FAILURE_EVENT = 1, 2
OPEN_REQ, OPEN_CONF = 3, 4
HEARTBEAT_REQ, HEARTBEAT_CONF = 5, 6
CLOSE_REQ, CLOSE_CONF = 7, 8
AGENT_STATE_EVENT, SYSTEM_EVENT = 30, 31
CONTROL_FAILURE_CONF = 35
QUERY_AGENT_STATE_REQ, QUERY_AGENT_STATE_CONF = 36, 37
SET_AGENT_STATE_REQ, SET_AGENT_STATE_CONF = 38, 39
SNAPSHOT_CALL_REQ = 82
SNAPSHOT_DEVICE_REQ, SNAPSHOT_DEVICE_CONF = 84, 85
MONITOR_START_REQ, MONITOR_START_CONF = 93, 94
MONITOR_STOP_REQ, MONITOR_STOP_CONF = 95, 96
CHANGE_MONITOR_MASK_REQ, CHANGE_MONITOR_MASK_CONF = 97, 98
AGENT_TEAM_CONFIG_EVENT = 128
LIST_AGENT_TEAM_REQ, LIST_AGENT_TEAM_CONF = 133, 134
MONITOR_AGENT_TEAM_START_REQ, MONITOR_AGENT_TEAM_START_CONF = 135, 136
MONITOR_AGENT_TEAM_STOP_REQ, MONITOR_AGENT_TEAM_STOP_CONF = 137, 138
CONFIG_REQUEST_EVENT = 232
STANDBY_ACTIVE_EVENT = 277
ACTIVE_MAINTENANCE_REQ, ACTIVE_MAINTENANCE_RESP, ACTIVE_MAINTENANCE_EVENT = 278, 279, 280
STOPPING_REQUESTS_TO_THIS_SIDE_IND = 281

#: SessionTypes, and the service of clients that know of active and standby sides.
UNKNOWN_SIDE, ACTIVE_SIDE, STANDBY_SIDE = 0, 1, 2
ACTIVE_STANDBY = 0x02000000

LOGIN, LOGOUT, NOT_READY, AVAILABLE, UNKNOWN = 0, 1, 2, 3, 9
TALKING, WORK_NOT_READY, WORK_READY, RESERVED = 4, 5, 6, 8

#: Media routing domains: voice, and another one.
VOICE, CHAT = 1, 5001

NULL_SKILL_GROUP = 0xFFFFFFFF
DEVID_NONE = 0xFFFF
PERIPHERAL, ENTERPRISE_AGENT = 5000, 17

#: Seconds that a message may take. Only a failing test waits that long.
PATIENCE = 10.0 * float(os.environ.get("CTIOS_FAST_TEST_SLOWNESS", "1"))

Floating = Sequence[tuple[int, bytes]]


class Group(NamedTuple):
    """A skill group of an agent, as states name it."""

    number: int
    id: int
    priority: int
    state: int


#: The values of an agent state that names no skill group.
NO_GROUP = Group(NULL_SKILL_GROUP, NULL_SKILL_GROUP, 0, UNKNOWN)


def text(value: str) -> bytes:
    """A string as it is sent: it ends in NUL."""
    return value.encode("ascii") + b"\0"


def uint(value: int) -> bytes:
    """An unsigned integer of four bytes."""
    return struct.pack(">I", value)


def ushort(value: int) -> bytes:
    """An unsigned integer of two bytes."""
    return struct.pack(">H", value)


class Frame(NamedTuple):
    """A message that the client sent."""

    number: int
    body: bytes
    version: int

    @property
    def invoke_id(self) -> int:
        """The first field of every request."""
        return int(struct.unpack_from(">I", self.body)[0])

    def fixed(self, layout: str) -> tuple[Any, ...]:
        """The fixed part, which has this ``struct`` layout."""
        return struct.unpack_from(">" + layout, self.body)

    def floating(self, layout: str) -> Floating:
        """The floating fields after a fixed part of this layout, as tag and bytes."""
        head = struct.Struct(">BB" if self.version < 20 else ">HH")
        offset = struct.calcsize(">" + layout)
        fields: list[tuple[int, bytes]] = []
        while offset < len(self.body):
            tag, length = head.unpack_from(self.body, offset)
            offset += head.size
            value = self.body[offset : offset + length]
            assert len(value) == length, "a field ends after the message"
            fields.append((tag, value))
            offset += length
        return fields


class Peer:
    """The server's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, version: int) -> None:
        self.version = version
        self._reader = reader
        self._writer = writer

    async def receive(self, number: int) -> Frame:
        """The next message, which must have that number."""
        async with asyncio.timeout(PATIENCE):
            frame = await self.receive_any()
        assert frame.number == number, f"expected message {number}, got {frame.number}: {frame.body.hex()}"
        return frame

    async def receive_any(self) -> Frame:
        """The next message."""
        length, number = struct.unpack(">II", await self._reader.readexactly(8))
        return Frame(number, await self._reader.readexactly(length), self.version)

    async def receive_end(self) -> None:
        """Wait for the client to end the connection in order."""
        async with asyncio.timeout(PATIENCE):
            assert await self._reader.read() == b""

    async def receive_loss(self) -> None:
        """Wait for the end of the connection, in order or by a reset."""
        with contextlib.suppress(ConnectionResetError):
            await self.receive_end()

    def send(self, number: int, fixed: bytes, floating: Floating = ()) -> None:
        """Send one message."""
        self._writer.write(self.frame(number, fixed, floating))

    def frame(self, number: int, fixed: bytes, floating: Floating) -> bytes:
        """The bytes of one message."""
        head = ">BB" if self.version < 20 else ">HH"
        body = fixed + b"".join(struct.pack(head, tag, len(value)) + value for tag, value in floating)
        return struct.pack(">II", len(body), number) + body

    def send_bytes(self, data: bytes) -> None:
        """Send frames, or what is to be taken for some."""
        self._writer.write(data)

    async def drain(self) -> None:
        """Wait until the client has taken most of what was sent."""
        await self._writer.drain()

    @property
    def unsent(self) -> int:
        """Bytes that the operating system has not taken yet."""
        return self._writer.transport.get_write_buffer_size()

    def set_send_buffer(self, size: int) -> None:
        """Let the operating system hold no more than about that many bytes."""
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)

    def close(self) -> None:
        """End the connection in order."""
        self._writer.close()

    def reset(self) -> None:
        """Cut the connection."""
        self._writer.transport.abort()

    # --- Messages -----------------------------------------------------------------------------------

    def open_conf(
        self,
        request: Frame,
        *,
        services: int,
        monitor_id: int = 0,
        agent_state: int = LOGOUT,
        peripherals: tuple[int, ...] = (),
        pg_status: int = 0,
        is_online: bool = True,
        session_type: int = ACTIVE_SIDE,
    ) -> None:
        """Confirm a session. ``pg_status``: PGStatus. ``is_online``: PeripheralOnline."""
        fixed = struct.pack(
            ">IIIIIHHH",
            request.invoke_id,
            services,
            monitor_id,
            pg_status,
            1_700_000_000,
            is_online,
            ENTERPRISE_AGENT,
            agent_state,
        )
        if self.version >= 19:
            fixed += struct.pack(">i", 0)  # DepartmentID
        if self.version >= 24:
            fixed += struct.pack(">H", session_type)
        floating: list[tuple[int, bytes]] = [(228, ushort(len(peripherals)))]
        for peripheral_id in peripherals:
            floating += [(208, uint(peripheral_id)), (224, ushort(0))]
        self.send(OPEN_CONF, fixed, floating)

    def failure_conf(self, request: Frame, status: int) -> None:
        """Refuse a request with a status."""
        self.send(FAILURE_CONF, struct.pack(">II", request.invoke_id, status))

    def long_failure_conf(self, request: Frame, code: int, peripheral_error: int) -> None:
        """Refuse a request in the other layout of FAILURE_CONF, which the guide for version 24 prints."""
        self.send(FAILURE_CONF, struct.pack(">IHI", request.invoke_id, code, peripheral_error))

    def control_failure_conf(self, request: Frame, code: int, peripheral_error: int) -> None:
        """Report that the peripheral refused a request."""
        self.send(CONTROL_FAILURE_CONF, struct.pack(">IHI", request.invoke_id, code, peripheral_error))

    def failure_event(self, status: int) -> None:
        """Report a failure of the server."""
        self.send(FAILURE_EVENT, struct.pack(">I", status))

    def heartbeat_conf(self, request: Frame) -> None:
        """Answer a heartbeat."""
        self.send(HEARTBEAT_CONF, struct.pack(">I", request.invoke_id))

    def standby_active(self) -> None:
        """Report that this side has become active."""
        self.send(STANDBY_ACTIVE_EVENT, b"")

    def ask_for_maintenance(self, invoke_id: int) -> None:
        """Ask whether maintenance is acceptable."""
        self.send(ACTIVE_MAINTENANCE_REQ, struct.pack(">I", invoke_id))

    def maintenance_event(self, begins: bool) -> None:
        """Say whether the maintenance begins."""
        self.send(ACTIVE_MAINTENANCE_EVENT, struct.pack(">H", begins))

    def close_conf(self, request: Frame) -> None:
        """Confirm the end of a session."""
        self.send(CLOSE_CONF, struct.pack(">I", request.invoke_id))

    def state_conf(self, request: Frame) -> None:
        """Confirm that a request for an agent state was received."""
        self.send(SET_AGENT_STATE_CONF, struct.pack(">I", request.invoke_id))

    def query_conf(
        self,
        request: Frame,
        state: int,
        *,
        agent_id: str = "1001",
        instrument: str = "3001",
        groups: Sequence[Group] = (),
        skill_target: int = 5123,
    ) -> None:
        """Answer a query for an agent's state; a logged-out agent has no identity at the device.

        ``skill_target``: ICMAgentID.
        """
        fixed = struct.pack(
            ">IHHiIHIiI", request.invoke_id, state, len(groups), VOICE, 0, 1, 1, skill_target, 0
        )
        if self.version >= 19:
            fixed += struct.pack(">i", 0)  # DepartmentID
        floating: list[tuple[int, bytes]] = []
        if state != LOGOUT:
            floating += [(5, text(agent_id)), (4, text(instrument)), (6, text(instrument))]
        for group in groups:
            floating += _group_fields(group)
        if self.version >= 19:
            floating.append((255, ushort(0)))  # InternalAgentState
        if self.version >= 22:
            floating.append((266, uint(0)))  # MaxBeyondTaskLimit
        self.send(QUERY_AGENT_STATE_CONF, fixed, floating)

    def agent_state_event(
        self,
        state: int,
        reason: int = 0,
        *,
        monitor_id: int = 0,
        peripheral_id: int = PERIPHERAL,
        agent_id: str = "1001",
        instrument: str = "3001",
        domain: int = VOICE,
        group: Group = NO_GROUP,
        groups: Sequence[Group] = (),
        signature: str | None = None,
        direction: int = 0,
    ) -> None:
        """Report the state of an agent. ``group``: the skill group of the fixed part."""
        fixed = struct.pack(
            ">IIIHHIIIHHHiIHIiI",
            monitor_id, peripheral_id, 0, ENTERPRISE_AGENT,
            group.state, 0, group.number, group.id, group.priority,
            state, reason, domain, 0, 1, 1, 5123, 0,
        )  # fmt: skip
        fixed += struct.pack(">H", len(groups))
        if self.version >= 19:
            fixed += struct.pack(">i", 0)  # DepartmentID
        floating: list[tuple[int, bytes]] = [] if signature is None else [(3, text(signature))]
        floating += [(5, text(agent_id)), (4, text(instrument)), (6, text(instrument))]
        if self.version >= 16:
            floating.append((244, uint(direction)))
        for each in groups:
            floating += _group_fields(each)
        if self.version >= 22:
            floating.append((266, uint(0)))  # MaxBeyondTaskLimit
        self.send(AGENT_STATE_EVENT, fixed, floating)

    def system_event(
        self, event_id: int, argument: int = 0, *, pg_status: int = 0, note: str | None = None
    ) -> None:
        """Report something about the controller, the gateway or a peripheral."""
        fixed = struct.pack(">IIIIIIH", pg_status, 1_700_000_000, event_id, argument, 0, 0, DEVID_NONE)
        self.send(SYSTEM_EVENT, fixed, [] if note is None else [(7, text(note))])

    def device_conf(self, request: Frame, calls: Sequence[tuple[int, str, int]] = ()) -> None:
        """List the calls of a device: ConnectionCallID, ConnectionDeviceID and state of each."""
        floating: list[tuple[int, bytes]] = []
        for call_id, device_id, state in calls:
            floating += [(56, uint(call_id)), (57, ushort(0)), (58, text(device_id)), (75, ushort(state))]
        self.send(SNAPSHOT_DEVICE_CONF, struct.pack(">IH", request.invoke_id, len(calls)), floating)

    def team_list_conf(self, request: Frame, teams: list[int], segment: int, *, more: bool) -> None:
        """Send one segment of a supervisor's teams."""
        fixed = struct.pack(">IHHH", request.invoke_id, len(teams), segment, more)
        self.send(LIST_AGENT_TEAM_CONF, fixed, [(92, uint(team)) for team in teams])

    def monitor_start_conf(self, request: Frame, monitor_id: int) -> None:
        """Confirm a monitor of a device, a call or a team."""
        self.send(request.number + 1, struct.pack(">II", request.invoke_id, monitor_id))

    def monitor_stop_conf(self, request: Frame) -> None:
        """Confirm that such a monitor is over, or that its masks have changed."""
        self.send(request.number + 1, struct.pack(">I", request.invoke_id))

    def team_config(
        self,
        team_id: int,
        members: Sequence[tuple[str, int, int]],
        *,
        operation: int = 0,
        count: int | None = None,
        name: str | None = None,
        peripheral_id: int = PERIPHERAL,
    ) -> None:
        """Report members of a team: the AgentID, AgentFlags and AgentState of each.

        ``count``: NumberOfAgents, if it is not that of ``members``.
        """
        fixed = struct.pack(
            ">IIHH", peripheral_id, team_id, len(members) if count is None else count, operation
        )
        if self.version >= 19:
            fixed += struct.pack(">i", 0)  # DepartmentID
        floating: list[tuple[int, bytes]] = []
        if self.version >= 16:
            floating.append((243, text(f"Team {team_id}" if name is None else name)))
        for agent_id, flags, state in members:
            floating += [(86, text(agent_id)), (87, ushort(flags)), (88, ushort(state)), (89, uint(12))]
        self.send(AGENT_TEAM_CONFIG_EVENT, fixed, floating)


class Frames(Peer):
    """Collects the frames that a peer would send, so that they can be sent many times."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.data = b""

    def send(self, number: int, fixed: bytes, floating: Floating = ()) -> None:
        """Add one message."""
        self.data += self.frame(number, fixed, floating)


def _group_fields(group: Group) -> Floating:
    return [
        (62, uint(group.number)),
        (63, uint(group.id)),
        (64, ushort(group.priority)),
        (65, ushort(group.state)),
    ]


def accepting() -> bool:
    """Whether a server is accepting a connection now: asyncio would leak it if the server were closed."""
    return any("_accept_connection2" in repr(task) for task in asyncio.all_tasks())


class StructServer:
    """Listens at a free port; gives each connection to the test."""

    def __init__(self, version: int = 25) -> None:
        self.version = version
        self.port = 0
        self._accepted: asyncio.Queue[Peer] = asyncio.Queue()
        self._peers: list[Peer] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.stop()
        async with asyncio.timeout(PATIENCE):
            while accepting():  # noqa: ASYNC110 - asyncio has no event for it
                await asyncio.sleep(0)
        for peer in self._peers:
            peer.reset()

    def stop(self) -> None:
        """Accept no more connections."""
        if self._server is not None:
            self._server.close()

    @property
    def has_connection(self) -> bool:
        """Whether a connection waits for ``accepted``."""
        return not self._accepted.empty()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer, self.version)
        self._peers.append(peer)
        self._accepted.put_nowait(peer)

    async def accepted(self) -> Peer:
        """The next connection."""
        async with asyncio.timeout(PATIENCE):
            return await self._accepted.get()
