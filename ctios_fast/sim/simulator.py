"""A pair of CTI Servers, sides A and B, over one simulated peripheral; and the commands to it.

Both sides are active and share the agents: what happens on one is seen on the other.
"""

import ssl as ssl_module
from collections.abc import Mapping
from typing import Final, Literal, Self

from ctios_fast.connection.clock import Clock, LoopClock
from ctios_fast.connection.link import DEFAULT_MAX_BUFFERED
from ctios_fast.core import NEWEST_VERSION, OLDEST_VERSION
from ctios_fast.core.secret import Secret
from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim.plant.peripheral import Agent, Peripheral
from ctios_fast.sim.server.client_session import ClientSession
from ctios_fast.sim.server.server_pair import ServerPair

from .counters import Counters
from .pair_settings import DEFAULT_MAX_TOTAL_BUFFERED, PairSettings
from .side import Side

__all__ = ["COMPONENT_FAILED", "MAX_AGENTS", "SideName", "Simulator"]

COMPONENT_FAILED: Final = 50002
"""Reason code with which the peripheral logs agents out when a component fails."""

MAX_AGENTS: Final = 100_000
"""Agents of one simulator."""

SideName = Literal["a", "b"]

_MAX_AGENT_ID_DIGITS: Final = 11
_MAX_EXTENSION_DIGITS: Final = 15
_MAX_PERIPHERAL_ID: Final = 0xFFFFFFFE


class Simulator:
    """A CTI Server pair on real sockets; an asynchronous context manager.

    ``host``, ``port_a``, ``port_b``: where the sides listen. Port 0 takes a free one; ``side_a.port`` and
    ``side_b.port`` are the real ones after ``start``.
    ``peripheral_id``: the one peripheral that requests may name.
    ``agents``, ``first_agent``, ``first_extension``: agent i has the id ``first_agent + i`` and the extension
    and instrument ``first_extension + i``; all begin logged out. At most ``MAX_AGENTS``.
    ``client_password``: what ClientPassword of OPEN_REQ must be; None accepts any.
    ``protocol_max``: the newest protocol version accepted (the oldest is 9).
    ``ssl``: a server-side context, for TLS.
    ``check_agent_passwords``: passwords by agent id, which LOGIN and LOGOUT must then carry; an agent that
    is not named may give any. None: neither presence nor value is checked.
    ``clock``: what idle time-outs and waits before a connection is ended go by; the loop's by default.
    ``events_first``: send the events that a request causes before its confirmation; both orders are allowed.
    ``max_connections``: connections that a side accepts; further ones are reset at once.
    ``max_sessions``: sessions that both sides together open; further ones are refused.
    ``max_buffered``: bytes that may wait for a client that does not read before it is reset.
    ``max_total_buffered``: bytes that may wait for all clients before the one with the most is reset.
    ``open_timeout``: seconds after which a connection that opened no session is reset.

    Raises ValueError for settings that the protocol cannot carry.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port_a: int = 0,
        port_b: int = 0,
        peripheral_id: int = 5000,
        agents: int = 1000,
        first_agent: int = 1001,
        first_extension: int = 3001,
        client_password: str | Secret | None = None,
        protocol_max: int = NEWEST_VERSION,
        ssl: ssl_module.SSLContext | None = None,
        check_agent_passwords: Mapping[str, str | Secret] | None = None,
        clock: Clock | None = None,
        events_first: bool = False,
        max_connections: int = 20_000,
        max_sessions: int = 20_000,
        max_buffered: int = DEFAULT_MAX_BUFFERED,
        max_total_buffered: int = DEFAULT_MAX_TOTAL_BUFFERED,
        open_timeout: float = 60.0,
    ) -> None:
        self._sides: Final[dict[str, Side]] = {}  # by name; set first, as a traceback may show this object
        # passwords next: no traceback of an error below may show them
        password = None if client_password is None else _secret(client_password)
        passwords = None
        if check_agent_passwords is not None:
            passwords = {agent: _secret(given) for agent, given in check_agent_passwords.items()}
        del client_password, check_agent_passwords
        if not OLDEST_VERSION <= protocol_max <= NEWEST_VERSION:
            raise ValueError(f"protocol_max is {OLDEST_VERSION} to {NEWEST_VERSION}, not {protocol_max}")
        if not 0 <= peripheral_id <= _MAX_PERIPHERAL_ID:
            raise ValueError(f"peripheral_id is 0 to {_MAX_PERIPHERAL_ID}, not {peripheral_id}")
        if not 0 <= agents <= MAX_AGENTS:
            raise ValueError(f"agents is 0 to {MAX_AGENTS}, not {agents}")
        _check_numbers("agents", agents, first_agent, _MAX_AGENT_ID_DIGITS)
        _check_numbers("extensions", agents, first_extension, _MAX_EXTENSION_DIGITS)
        settings = PairSettings(
            protocol_max=protocol_max,
            client_password=password,
            agent_passwords=passwords,
            events_first=events_first,
            max_connections=max_connections,
            max_sessions=max_sessions,
            max_buffered=max_buffered,
            max_total_buffered=max_total_buffered,
            open_timeout=open_timeout,
        )
        self.peripheral: Final = Peripheral(peripheral_id, agents, first_agent, first_extension)
        self.pair: Final = ServerPair(settings, self.peripheral, clock or LoopClock())
        self.side_a: Final = Side(self.pair, "a", host, port_a, ssl)
        self.side_b: Final = Side(self.pair, "b", host, port_b, ssl)
        self._sides.update({side.name: side for side in (self.side_a, self.side_b)})

    def __repr__(self) -> str:
        return f"<Simulator {' '.join(map(repr, self._sides.values()))}>"

    # --- life -----------------------------------------------------------------------------------

    async def start(self) -> None:
        """Make both sides listen. Raises OSError when a port is in use; nothing listens then."""
        try:
            await self.side_a.start()
            await self.side_b.start()
        except BaseException:  # cancelled included
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop listening and end all connections."""
        try:
            await self.side_a.stop()
        finally:  # even if this was cancelled
            await self.side_b.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    # --- state ----------------------------------------------------------------------------------

    @property
    def counters(self) -> Counters:
        """What both sides have seen so far."""
        return self.pair.context.counters

    def agent(self, agent_id: str) -> Agent:
        """The agent of that id. Raises LookupError if there is none."""
        return self.peripheral.find(agent_id=agent_id)

    def session_of(self, agent_id: str) -> ClientSession | None:
        """The open Client Events session of an agent's device. Raises LookupError for an unknown agent."""
        return self.pair.holder(self.agent(agent_id))

    def side(self, name: str) -> Side:
        """Side "a" or "b". Raises ValueError for another name."""
        side = self._sides.get(name)
        if side is None:
            raise ValueError(f"the sides are a and b, not {name!r}")
        return side

    # --- the peripheral's own acts --------------------------------------------------------------

    def force_logout(self, agent_id: str, reason_code: int = COMPONENT_FAILED) -> None:
        """Log an agent out without a request; nothing happens to one that is logged out.

        Raises LookupError if there is no such agent.
        """
        self.peripheral.force_logout(self.agent(agent_id), reason_code)

    def set_agent_state(self, agent_id: str, state: AgentState, reason: int = 0) -> None:
        """Put an agent into any state, as calls or a supervisor would, and send the event.

        Raises LookupError if there is no such agent, ValueError if there is no such state.
        """
        self.peripheral.enter(self.agent(agent_id), AgentState(state), reason)

    # --- faults ---------------------------------------------------------------------------------

    def fail_side(self, side: SideName, *, logout_agents: bool = False) -> None:
        """Kill a side: its listener closes, its connections are reset.

        With ``logout_agents`` the agents that were held over that side (by a Client Events session there, or
        logged in over it and held by none) are logged out with reason 50002. The events of that go to the
        other side's sessions at once; a client that connects later does not get them.
        """
        failed = self.side(side)
        held = [agent for agent in self.peripheral.agents if self.pair.side_of(agent) == failed.name]
        failed.fail()
        if logout_agents:
            for agent in held:
                self.peripheral.force_logout(agent, COMPONENT_FAILED)

    async def restore_side(self, side: SideName) -> None:
        """Bring a side back, on its old port, after any of the faults."""
        await self.side(side).restore()

    def shutdown_side(self, side: SideName) -> None:
        """Take a side off-line: FAILURE_EVENT to its sessions, E_CTI_CTI_SERVER_OFFLINE to their requests."""
        self.side(side).shutdown()

    def freeze_side(self, side: SideName) -> None:
        """Make a side silent: it reads and answers nothing, its connections stay."""
        self.side(side).freeze()

    def thaw_side(self, side: SideName) -> None:
        """Let a frozen side go on."""
        self.side(side).thaw()

    def cut(self, session: ClientSession, after_bytes: int = 0) -> None:
        """Send ``after_bytes`` more bytes to a session, then reset its connection, even within a frame."""
        session.cut(after_bytes)


def _check_numbers(what: str, count: int, first: int, digits: int) -> None:
    if count < 0 or first < 0 or len(str(first + max(count, 1) - 1)) > digits:
        raise ValueError(f"{what} are numbers of at most {digits} digits: {count} from {first} do not fit")


def _secret(password: str | Secret) -> Secret:
    return password if isinstance(password, Secret) else Secret(password)
