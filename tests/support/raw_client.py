"""A small CTI Server client for tests of the simulator: asyncio streams, ``struct`` and the reference codec.

It shares nothing with the library's connection and core, so that the simulator is checked independently of
them. Records are those of ``reference_codec``: {"type", "message", "fields", "floating"}.
"""

import asyncio
import contextlib
import itertools
import os
import ssl
import struct
from collections.abc import Callable
from typing import Any, Self

from support import reference_codec

Record = dict[str, Any]

CLIENT_EVENTS, CLIENT_CONTROL, ALL_EVENTS = 1, 4, 16
AGENT_MODE = CLIENT_EVENTS | CLIENT_CONTROL
BULK_MODE = ALL_EVENTS | CLIENT_CONTROL
ANY_PERIPHERAL = 0xFFFFFFFF
NEVER_IDLE = 0xFFFFFFFF
ALL_STATES = 0x3FFF

LOGIN, LOGOUT, NOT_READY, AVAILABLE = 0, 1, 2, 3

#: Seconds that a step without a tested duration may take. Tools that slow everything down multiply it.
PATIENCE = 10.0 * float(os.environ.get("CTIOS_FAST_TEST_SLOWNESS", "1"))

NUMBERS = {row["name"]: number for number, row in reference_codec.MESSAGES.items()}


class RawClient:
    """One connection to one side."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, version: int, patience: float
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.version = version
        self.patience = patience
        self._invoke_ids = itertools.count(1000)

    @classmethod
    async def connect(
        cls,
        side: Any,
        *,
        version: int = 25,
        ssl_context: ssl.SSLContext | None = None,
        server_hostname: str | None = None,
        patience: float | None = None,
    ) -> Self:
        reader, writer = await asyncio.open_connection(
            side.host, side.port, ssl=ssl_context, server_hostname=server_hostname
        )
        return cls(reader, writer, version, PATIENCE if patience is None else patience)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.drop()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()

    def drop(self) -> None:
        self.writer.transport.abort()

    # --- bytes ----------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        self.writer.write(data)

    def send_raw(self, number: int, body: bytes) -> None:
        self.write(struct.pack(">II", len(body), number) + body)

    def frame(self, message: str, fields: Record, floating: list[Any] | None = None) -> bytes:
        record = {"type": NUMBERS[message], "fields": fields, "floating": floating or []}
        return reference_codec.encode(self.version, record)

    async def receive_frame(self) -> bytes:
        async with asyncio.timeout(self.patience):
            header = await self.reader.readexactly(8)
            return header + await self.reader.readexactly(struct.unpack(">I", header[:4])[0])

    # --- messages -------------------------------------------------------------------------------

    def send(self, message: str, fields: Record | None = None, floating: list[Any] | None = None) -> int:
        """Send a request and return its InvokeID, which is a new one unless ``fields`` has one."""
        fields = dict(fields or {})
        fields.setdefault("InvokeID", next(self._invoke_ids))
        self.write(self.frame(message, fields, floating))
        return int(fields["InvokeID"])

    async def receive(self, message: str | None = None) -> Record:
        """Return the next message; ``message`` is the name that it must have."""
        record = reference_codec.decode(self.version, await self.receive_frame())
        assert message is None or record["message"] == message, record
        return record

    async def ask(
        self, message: str, fields: Record | None = None, floating: list[Any] | None = None
    ) -> Record:
        """Send a request and return the very next message, which must carry its InvokeID."""
        invoke_id = self.send(message, fields, floating)
        record = await self.receive()
        assert record["fields"]["InvokeID"] == invoke_id, record
        return record

    async def ended(self) -> bool:
        """Wait for the connection's end; return whether it was a reset."""
        async with asyncio.timeout(self.patience):
            try:
                rest = await self.reader.read()
            except ConnectionResetError:
                return True
        assert rest == b"", rest
        return False

    async def receive_until_reset(self) -> int:
        """Read until the connection is reset; return the number of bytes read."""
        received = 0
        async with asyncio.timeout(self.patience):
            while True:
                try:
                    piece = await self.reader.read(1)
                except ConnectionResetError:
                    return received
                assert piece, "the stream ended without a reset"
                received += 1

    async def settle(self) -> list[Record]:
        """Return all messages before the answer to a heartbeat; then nothing sent earlier is on its way."""
        invoke_id = self.send("HEARTBEAT_REQ")
        found = []
        while True:
            record = await self.receive()
            if record["message"] == "HEARTBEAT_CONF" and record["fields"]["InvokeID"] == invoke_id:
                return found
            found.append(record)

    # --- opening and agent states -------------------------------------------------------------------

    def open_fields(self, services: int, **changes: int) -> Record:
        fields = {
            "VersionNumber": self.version,
            "IdleTimeout": NEVER_IDLE,
            "PeripheralID": 5000 if services & CLIENT_EVENTS else ANY_PERIPHERAL,
            "ServicesRequested": services,
            "CallMsgMask": 0,
            "AgentStateMask": ALL_STATES,
            "Reserved1": 0,
            "Reserved2": 0,
            "Reserved3": 0,
        }
        if self.version >= 13:
            fields["ConfigMsgMask"] = 0
        return fields | changes

    @staticmethod
    def identity(client_id: str = "test", password: bytes = b"\0", **more: Any) -> list[Any]:
        """The floating part of OPEN_REQ; ``more`` are fields by name."""
        return [
            ["ClientID", client_id],
            ["ClientPassword", {"hex": password.hex()}],
            *([name, value] for name, value in more.items()),
        ]

    async def open(self, services: int, *, floating: list[Any] | None = None, **changes: int) -> Record:
        """Open a session and return OPEN_CONF; the SYSTEM_EVENT of All Events is read as well."""
        record = await self.ask(
            "OPEN_REQ", self.open_fields(services, **changes), floating or self.identity()
        )
        if record["message"] == "OPEN_CONF" and record["fields"]["ServicesGranted"] & ALL_EVENTS:
            await self.receive("SYSTEM_EVENT")
        return record

    async def open_agent(self, number: int = 0, client_id: str = "test", **changes: int) -> Record:
        """Open agent mode for the agent of that number."""
        floating = self.identity(client_id, AgentID=str(1001 + number))
        return await self.open(AGENT_MODE, floating=floating, **changes)

    def state_request(self, state: int, number: int = 0, **changes: int) -> tuple[Record, list[Any]]:
        """Fixed and floating part of SET_AGENT_STATE_REQ for the agent of that number."""
        fields = {
            "PeripheralID": 5000,
            "AgentState": state,
            "AgentWorkMode": 0,
            "NumSkillGroups": 0,
            "EventReasonCode": 0,
        }
        if self.version >= 13:
            fields |= {"ForcedFlag": 0, "AgentServiceReq": 0}
        return fields | changes, [["AgentInstrument", str(3001 + number)], ["AgentID", str(1001 + number)]]

    async def set_state(self, state: int, number: int = 0, **changes: int) -> Record:
        """Request a state and return the answer; events that follow it are still to be received."""
        fields, floating = self.state_request(state, number, **changes)
        return await self.ask("SET_AGENT_STATE_REQ", fields, floating)


def values(record: Record) -> Record:
    """Return the floating part by name; a repeated field is a list."""
    found: Record = {}
    for name, value in record["floating"]:
        if name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    return found


def names(records: list[Record]) -> list[str]:
    """Return the names of events without their ending."""
    return [record["message"].removesuffix("_EVENT") for record in records]


def state_of(record: Record) -> tuple[str, int, int]:
    """AgentID, AgentState and EventReasonCode of an AGENT_STATE_EVENT."""
    assert record["message"] == "AGENT_STATE_EVENT", record
    return (
        values(record)["AgentID"],
        record["fields"]["AgentState"],
        record["fields"]["EventReasonCode"],
    )


def status_of(record: Record) -> int:
    """Status of a FAILURE_CONF or FAILURE_EVENT."""
    assert record["message"] in ("FAILURE_CONF", "FAILURE_EVENT"), record
    return int(record["fields"]["Status"])


def code_of(record: Record) -> int:
    """FailureCode of a CONTROL_FAILURE_CONF."""
    assert record["message"] == "CONTROL_FAILURE_CONF", record
    return int(record["fields"]["FailureCode"])


async def until(condition: Callable[[], object]) -> None:
    """Let the loop run until the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0)
