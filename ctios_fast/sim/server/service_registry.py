"""Server applications: the services that sessions register, and the requests that are forwarded to them."""

import itertools
from collections import deque
from dataclasses import dataclass
from typing import Final

from ctios_fast.protocol.enums import ServerMode, StatusCode

from .client_session import ClientSession

__all__ = ["CALL_RECORDING", "Forwarded", "Registration", "ServiceRegistry"]

CALL_RECORDING: Final = "Cisco:CallRecording"
"""The only service that can be registered."""


@dataclass(slots=True, eq=False)
class Registration:
    """A session that serves."""

    service_id: int
    session: ClientSession
    mode: int


@dataclass(slots=True, eq=False)
class Forwarded:
    """A client's request that server applications have to answer."""

    client: ClientSession
    invoke_id: int
    waiting: int  # server applications that have not answered


class ServiceRegistry:
    """Who serves, and what waits for an answer."""

    def __init__(self) -> None:
        self._ids: Final = itertools.count(1)
        self._invoke_ids: Final = itertools.count(1)
        self._registered: deque[Registration] = deque()  # the next one to serve first
        self._waiting: dict[tuple[ClientSession, int], Forwarded] = {}

    def register(self, session: ClientSession, mode: int) -> Registration | None:
        """Register a session; None if the mode differs from the others', or an exclusive server is there."""
        if self._registered and (
            mode == ServerMode.EXCLUSIVE or any(known.mode != mode for known in self._registered)
        ):
            return None
        registration = Registration(next(self._ids), session, mode)
        self._registered.append(registration)
        return registration

    def unregister(self, session: ClientSession, service_id: int) -> bool:
        """End a registration of a session. Returns whether there was one."""
        for known in self._registered:
            if known.service_id == service_id and known.session is session:
                self._registered.remove(known)
                return True
        return False

    def servers(self, session_id: int = 0) -> list[ClientSession]:
        """The sessions that get the next request: one, all in parallel mode, or the one of a SessionID."""
        if not self._registered:
            return []
        if session_id:
            return [known.session for known in self._registered if known.session.session_id == session_id][:1]
        if self._registered[0].mode == ServerMode.PARALLEL:
            return [known.session for known in self._registered]
        chosen = self._registered[0].session
        self._registered.rotate(-1)
        return [chosen]

    def forward(self, client: ClientSession, invoke_id: int, servers: list[ClientSession]) -> list[int]:
        """Expect answers of the servers; returns the InvokeIDs of the forwarded requests."""
        forwarded = Forwarded(client, invoke_id, len(servers))
        numbers = [next(self._invoke_ids) & 0xFFFFFFFF for _ in servers]
        for server, number in zip(servers, numbers, strict=True):
            self._waiting[server, number] = forwarded
        return numbers

    def answered(self, server: ClientSession, invoke_id: int) -> Forwarded | None:
        """The request that a server application answers, None for an answer that no client waits for."""
        forwarded = self._waiting.pop((server, invoke_id), None)
        if forwarded is None or not forwarded.client.is_open:
            return None
        return forwarded

    def session_ended(self, session: ClientSession) -> None:
        """A session serves no more, and gets no more answers; whoever waits for its answers is refused."""
        self._registered = deque(known for known in self._registered if known.session is not session)
        for key, forwarded in tuple(self._waiting.items()):
            if forwarded.client is session:
                del self._waiting[key]
            elif key[0] is session:
                del self._waiting[key]
                forwarded.client.refuse(forwarded.invoke_id, StatusCode.E_CTI_CLIENT_DISCONNECTED)
