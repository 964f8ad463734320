"""A client that logs agents in, written by hand with asyncio, ``struct`` and futures.

``login`` returns a future that is done once the request is confirmed and a state event has shown the agent
logged in. A program awaits ``login_within``: the same with a time limit, because a lost answer would block it
without end. With ``joined`` the requests of one turn of the loop are written together; otherwise each is
written at once, as most programs do it.
"""

import asyncio
import struct
from itertools import count

from ctios_fast.protocol import numbers as ged

from .requests import set_agent_state_req

_HEADER = struct.Struct(">II").unpack_from
_STATE = struct.Struct(">4xI22xHH").unpack_from
_TAG = struct.Struct(">HH").unpack_from
_INVOKE_ID = struct.Struct(">I").unpack_from
_EVENT_FIXED = 62
_LOGGED_OUT = (1, 9)


class Agent:
    """The known state of an agent, and its pending login."""

    __slots__ = ("agent_id", "confirmed", "extension", "instrument", "reason", "state", "waiter")

    def __init__(self, agent_id: str) -> None:
        self.agent_id = agent_id
        self.extension = self.instrument = ""
        self.state = self.reason = 0
        self.confirmed = False
        self.waiter: asyncio.Future[int] | None = None


class LoginClient(asyncio.Protocol):
    """One connection."""

    def __init__(self, peripheral_id: int, *, joined: bool) -> None:
        self.agents: dict[str, Agent] = {}
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._loop = asyncio.get_running_loop()
        self._peripheral_id = peripheral_id
        self._joined = joined
        self._rest = b""
        self._waiting: dict[int, Agent] = {}
        self._invoke_ids = count(1)
        self._outgoing: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def open(self, open_req: bytes) -> asyncio.Future[None]:
        """Open the session."""
        self._transport.write(open_req)
        return self.opened

    def login(self, agent_id: str, instrument: str, password: str) -> "asyncio.Future[int]":
        """Log an agent in."""
        agent = self.agents.get(agent_id)
        if agent is None:
            agent = self.agents[agent_id] = Agent(agent_id)
        invoke_id = next(self._invoke_ids)
        waiter = agent.waiter = self._loop.create_future()
        agent.confirmed = False
        self._waiting[invoke_id] = agent
        self._send(
            set_agent_state_req(
                invoke_id=invoke_id,
                peripheral_id=self._peripheral_id,
                agent_state=0,
                agent_instrument=instrument,
                agent_id=agent_id,
                agent_password=password,
            )
        )
        return waiter

    async def login_within(self, seconds: float, agent_id: str, instrument: str, password: str) -> int:
        """Log an agent in. Raises TimeoutError if that takes too long."""
        async with asyncio.timeout(seconds):
            return await self.login(agent_id, instrument, password)

    def _send(self, frame: bytes) -> None:
        if not self._joined:
            self._transport.write(frame)
            return
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(frame)

    def _flush(self) -> None:
        self._transport.write(b"".join(self._outgoing))
        self._outgoing.clear()

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        at = 0
        size = len(data)
        while size - at >= 8:
            length, number = _HEADER(data, at)
            start = at + 8
            end = start + length
            if end > size:
                break
            if number == ged.AGENT_STATE_EVENT:
                self._on_state(data, start, end)
            elif number == ged.SET_AGENT_STATE_CONF:
                self._on_confirmed(_INVOKE_ID(data, start)[0])
            elif number == ged.OPEN_CONF:
                self.opened.set_result(None)
            at = end
        self._rest = data[at:]

    def _on_confirmed(self, invoke_id: int) -> None:
        agent = self._waiting.pop(invoke_id)
        agent.confirmed = True
        if agent.state not in _LOGGED_OUT and agent.waiter is not None and not agent.waiter.done():
            agent.waiter.set_result(agent.state)

    def _on_state(self, data: bytes, start: int, end: int) -> None:
        peripheral_id, state, reason = _STATE(data, start)
        if peripheral_id != self._peripheral_id:
            return
        agent_id = extension = instrument = ""
        at = start + _EVENT_FIXED
        while at < end:
            tag, length = _TAG(data, at)
            at += 4
            if tag == 5:
                agent_id = data[at : at + length - 1].decode()
            elif tag == 4:
                extension = data[at : at + length - 1].decode()
            elif tag == 6:
                instrument = data[at : at + length - 1].decode()
            at += length
        agent = self.agents.get(agent_id)
        if agent is None:
            agent = self.agents[agent_id] = Agent(agent_id)
        agent.state = state
        agent.reason = reason
        agent.extension = extension
        agent.instrument = instrument
        if (
            agent.confirmed
            and agent.waiter is not None
            and not agent.waiter.done()
            and state not in _LOGGED_OUT
        ):
            agent.waiter.set_result(state)
