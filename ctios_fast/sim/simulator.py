"""A pair of CTI Servers, sides A and B, over one simulated peripheral; and the commands to it.

Both sides are active and share the agents: what happens on one is seen on the other.
"""

import random
import ssl as ssl_module
from collections.abc import Mapping
from typing import Any, Final, Self

from ctios_fast.connection.clock import Clock, LoopClock
from ctios_fast.connection.link import DEFAULT_MAX_BUFFERED
from ctios_fast.core import NEWEST_VERSION, OLDEST_VERSION
from ctios_fast.core.secret import Secret
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import AgentState, StatusCode, SystemEventID
from ctios_fast.sim.plant import MAX_AGENTS, Plant, PlantAgent, PlantSettings, Population
from ctios_fast.sim.plant.wire_limits import (
    MAX_AGENT_ID,
    MAX_EXTENSION,
    MAX_PERIPHERAL_ID,
    MAX_UINT,
    number_fault,
    text_fault,
)
from ctios_fast.sim.server.client_session import ClientSession
from ctios_fast.sim.server.frame_faults import BAD_FRAMES, MAX_DELAY, MAX_FAULTS, BadFrame
from ctios_fast.sim.server.server_pair import ServerPair

from .counters import Counters
from .draining import Draining
from .pair_settings import DEFAULT_MAX_TOTAL_BUFFERED, PairSettings
from .side import Side
from .side_roles import PAIR_KINDS, PairKind, SideRoles

__all__ = ["COMPONENT_FAILED", "MAX_AGENTS", "Simulator"]

COMPONENT_FAILED: Final = 50002
"""Reason code with which the peripheral logs agents out when a component fails."""

_WAYS_TO_FAIL: Final = ("kill", "freeze", "garbage", "mid_frame", "graceful")
_GARBAGE_BYTES: Final = 4096
_HALF_A_FRAME: Final = b"\0\0\0\x40\0\0\0\x1e\0\0"


class Simulator:
    """A CTI Server pair on real sockets; an asynchronous context manager.

    ``host``, ``port_a``, ``port_b``: where the sides listen. Port 0 takes a free one; ``side_a.port`` and
    ``side_b.port`` are the real ones after ``start``.
    ``peripheral_id``: the one peripheral that requests may name.
    ``agents``, ``first_agent``, ``first_extension``: agent i has the id ``first_agent + i`` and the extension
    and instrument ``first_extension + i``; all begin logged out. At most ``MAX_AGENTS``.
    ``skill_groups``, ``team_size``: skill groups with their queues, and agents of a team; 0: none.
    ``population``: agents, teams, skill groups, queues and the like, in place of numbered agents; its
    PeripheralID counts.
    ``plant_settings``: how the plant behaves where peripherals differ; disorder is among them.
    ``seed``: of the plant's random choices.
    ``pair``: "active-standby": side A is active, side B takes over when it is lost. "both-active": both
    sides serve sessions always.
    ``takeover``: seconds after which the standby becomes active when the active side is lost.
    ``strict``: refuse what the reference says is refused. False: take undefined mask bits, and an OPEN_REQ
    without ClientPassword where none is checked.
    ``client_password``: what ClientPassword of OPEN_REQ must be; None accepts any.
    ``protocol_max``: the newest protocol version accepted (the oldest is 9).
    ``ssl``: a server-side context, for TLS.
    ``check_agent_passwords``: passwords by agent id, which LOGIN and LOGOUT must then carry; an agent that
    is not named may give any. None: neither presence nor value is checked.
    ``clock``: what idle time-outs and waits before a connection is ended go by; the loop's by default.
    ``plant_clock``: what agents, calls and ``takeover`` go by; ``clock`` by default.
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
        skill_groups: int = 0,
        team_size: int = 0,
        population: Population | None = None,
        plant_settings: PlantSettings | None = None,
        seed: int = 0,
        pair: PairKind = "active-standby",
        takeover: float = 0.0,
        strict: bool = True,
        client_password: str | Secret | None = None,
        protocol_max: int = NEWEST_VERSION,
        ssl: ssl_module.SSLContext | None = None,
        check_agent_passwords: Mapping[str, str | Secret] | None = None,
        clock: Clock | None = None,
        plant_clock: Clock | None = None,
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
        passwords = _secrets(check_agent_passwords)
        del client_password, check_agent_passwords
        if isinstance(passwords, Exception):
            raise passwords
        if not OLDEST_VERSION <= protocol_max <= NEWEST_VERSION:
            raise ValueError(f"protocol_max is {OLDEST_VERSION} to {NEWEST_VERSION}, not {protocol_max}")
        if not 0 <= peripheral_id <= MAX_PERIPHERAL_ID:
            raise ValueError(f"peripheral_id is 0 to {MAX_PERIPHERAL_ID}, not {peripheral_id}")
        if not 0 <= agents <= MAX_AGENTS:
            raise ValueError(f"agents is 0 to {MAX_AGENTS}, not {agents}")
        _check_numbers("agents", agents, first_agent, MAX_AGENT_ID)
        _check_numbers("extensions", agents, first_extension, MAX_EXTENSION)
        if pair not in PAIR_KINDS:
            raise ValueError(f"pair is {' or '.join(map(repr, PAIR_KINDS))}, not {pair!r}")
        if not 0 <= takeover < float("inf"):
            raise ValueError(f"takeover is 0 or more seconds, not {takeover}")
        settings = PairSettings(
            protocol_max=protocol_max,
            client_password=password,
            agent_passwords=passwords,
            events_first=events_first,
            strict=strict,
            max_connections=max_connections,
            max_sessions=max_sessions,
            max_buffered=max_buffered,
            max_total_buffered=max_total_buffered,
            open_timeout=open_timeout,
        )
        clock = clock or LoopClock()
        plant_clock = plant_clock or clock
        population = population or Population.numbered(
            agents,
            first_agent,
            first_extension,
            peripheral_id=peripheral_id,
            skill_groups=skill_groups,
            team_size=team_size,
        )
        self.plant: Final = Plant(population, plant_clock, random.Random(seed), plant_settings)  # noqa: S311
        self.pair: Final = ServerPair(settings, self.plant, clock)
        self.side_a: Final = Side(self.pair, "a", host, port_a, ssl)
        self.side_b: Final = Side(self.pair, "b", host, port_b, ssl)
        self._sides.update({side.name: side for side in (self.side_a, self.side_b)})
        self._roles: Final = SideRoles(
            self.side_a, self.side_b, plant_clock, both_active=pair == "both-active", takeover=takeover
        )
        self._draining: Final = Draining()
        self._chance: Final = random.Random(seed)  # noqa: S311 - of the faults' bytes

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

    @property
    def peripheral_id(self) -> int:
        """The one PeripheralID."""
        return self.pair.peripheral_id

    @property
    def agents(self) -> tuple[PlantAgent, ...]:
        """All agents, in the order of configuration."""
        return tuple(self.plant.population.agents.values())

    def agent(self, agent_id: str) -> PlantAgent:
        """The agent of that id. Raises LookupError if there is none."""
        return self.plant.agent(agent_id)

    def snapshot(self) -> dict[str, object]:
        """One consistent moment: agents, calls, skill groups, sides and sessions, ready for JSON."""
        return {
            **self.plant.snapshot(),
            "sides": {name.upper(): side.condition for name, side in self._sides.items()},
            "sessions": self.pair.sessions_json(),
        }

    @property
    def buffered(self) -> int:
        """Bytes that wait for all clients, as counted when each was last sent to."""
        return self.pair.context.budget.total

    async def drained(self) -> None:
        """Wait until the clients' sockets have taken what was sent to them.

        Not waited for are the clients of a frozen side, and those that take nothing for a second.
        """
        connections = [s for side in self._sides.values() for s in side.connections]
        await self._draining.wait(connections)
        for session in connections:
            self.pair.context.budget.recount(session)

    def session_of(self, agent_id: str) -> ClientSession | None:
        """The open Client Events session of an agent's device. Raises LookupError for an unknown agent."""
        return self.pair.holder(self.agent(agent_id))

    def side(self, name: str) -> Side:
        """Side "a" or "b", in either case. Raises ValueError for another name."""
        side = self._sides.get(name.lower())
        if side is None:
            raise ValueError(f"the sides are a and b, not {name!r}")
        return side

    # --- the peripheral's own acts --------------------------------------------------------------

    def force_logout(self, agent_id: str, reason_code: int = COMPONENT_FAILED) -> None:
        """Log an agent out without a request; nothing happens to one that is logged out.

        Raises LookupError if there is no such agent.
        """
        self.plant.force_logout(self.agent(agent_id), reason_code)

    def set_agent_state(self, agent_id: str, state: AgentState, reason: int = 0) -> None:
        """Put an agent into any state, as calls or a supervisor would, and send the event.

        Raises LookupError if there is no such agent, ValueError if there is no such state.
        """
        self.plant.put_agent(self.agent(agent_id), AgentState(state), reason)

    def set_peripheral(self, *, online: bool, end_calls: bool = True) -> None:
        """Take the peripheral off-line or back, with END_CALL_EVENT for all calls at once or for none."""
        self.plant.set_peripheral(online=online, end_calls=end_calls)

    def send_system_event(self, event: SystemEventID, argument: int = 0, text: str = "") -> None:
        """Send a SYSTEM_EVENT to every session, as the PG or the central controller going off-line does.

        ``event``: for instance SYS_PERIPHERAL_GATEWAY_OFFLINE or SYS_CENTRAL_CONTROLLER_OFFLINE; PGStatus
        follows from these two and their opposites.
        ``argument``: SystemEventArg1.
        ``text``: Text of the event; at most 254 bytes of Latin-1.

        Raises ValueError for another event, an argument out of range or another text.
        """
        fault = number_fault("argument", argument, 0, MAX_UINT) or text_fault("text of a system event", text)
        if fault:
            raise ValueError(fault)
        self.pair.system_event(SystemEventID(event), argument, text)

    # --- faults ---------------------------------------------------------------------------------

    def fail_side(self, side: str, how: str = "kill", *, logout_agents: bool = False) -> None:
        """End a side.

        ``how``: "kill": the listener closes, connections are reset. "garbage": the same after bytes that are
        not frames. "mid_frame": the same after half a frame. "freeze": nothing is read or sent any more.
        "graceful": clients are asked, the other side takes over, then the side stops.
        ``logout_agents``: the agents that were held over that side (by a Client Events session there, or
        logged in over it and held by none) are logged out with reason 50002. The events of that go to the
        other side's sessions at once; a client that connects later does not get them.

        Raises ValueError for another ``how``, or another side than "a" and "b".
        """
        failed = self.side(side)
        if how not in _WAYS_TO_FAIL:
            raise ValueError(f"how is one of {', '.join(_WAYS_TO_FAIL)}, not {how!r}")
        held = [agent for agent in self.agents if self.pair.side_of(agent) == failed.name]
        if how == "graceful":
            self._roles.shut_down(failed)
        elif how == "freeze":
            self.freeze_side(side)
        else:
            failed.fail(self._last_bytes(how))
            self._roles.lost(failed)
        if logout_agents:
            for agent in held:
                self.plant.force_logout(agent, COMPONENT_FAILED)

    def _last_bytes(self, how: str) -> bytes:
        if how == "garbage":
            return b"\x7f" + self._chance.randbytes(_GARBAGE_BYTES)
        if how == "mid_frame":
            return _HALF_A_FRAME
        return b""

    async def restore_side(self, side: str) -> None:
        """Bring a side back after any of the faults, on its port; as the standby if the other is active."""
        restored = self.side(side)
        await restored.restore()
        self._roles.back(restored)

    def swap(self) -> None:
        """Let the standby side become active and the active side the standby.

        Raises ValueError if there is no standby side that serves.
        """
        self._roles.swap()

    def shutdown_side(self, side: str) -> None:
        """Take a side off-line: FAILURE_EVENT to its sessions, E_CTI_CTI_SERVER_OFFLINE to their requests."""
        self.side(side).shutdown()
        self._roles.lost(self.side(side))

    def freeze_side(self, side: str) -> None:
        """Make a side silent: it reads and answers nothing, its connections stay."""
        frozen = self.side(side)
        frozen.freeze(replaced=frozen.active and not self._roles.both_active)
        self._roles.lost(frozen)

    def thaw_side(self, side: str) -> None:
        """Let a frozen side go on; as the standby if the other one has taken over."""
        self.side(side).thaw()
        self._roles.back(self.side(side))

    def delay_frames(self, seconds: float, side: str | None = None) -> None:
        """Send each frame ``seconds`` later from now on, in the same order; 0 ends it.

        ``side``: the side; None: both. So it is for the faults below.
        """
        _check_range("the delay", seconds, MAX_DELAY)
        for late in self._affected(side):
            late.delay_frames(seconds)

    def duplicate_frames(self, count: int = 1, side: str | None = None) -> None:
        """Send the next ``count`` frames of each connection twice."""
        _check_range("the number of frames", count, MAX_FAULTS)
        for doubling in self._affected(side):
            for session in doubling.connections:
                session.duplicate_frames(count)

    def send_bad_frame(self, what: BadFrame, side: str | None = None) -> None:
        """Send each session a frame that it must not accept.

        ``what``: "overlong" (its header announces 16 MiB), "contradictory" (a floating field is longer than
        the frame) or "unknown" (a message number that no version has).
        """
        if what not in BAD_FRAMES:
            raise ValueError(f"a bad frame is one of {', '.join(BAD_FRAMES)}, not {what!r}")
        for sending in self._affected(side):
            for session in sending.sessions:
                session.send_bad_frame(what)

    def drop_heartbeats(self, drop: bool = True, side: str | None = None) -> None:
        """Answer no HEARTBEAT_REQ from now on, or answer them again."""
        for silent in self._affected(side):
            silent.request_faults.drop_heartbeats = drop

    def refuse_requests(
        self, status: int, count: int = 1, request: str | None = None, side: str | None = None
    ) -> None:
        """Refuse the next ``count`` requests to a side by FAILURE_CONF, whatever is right; 0 ends it.

        ``status``: a StatusCode.
        ``request``: the name of the message, such as "OPEN_REQ"; None: any request.
        """
        try:
            refusal = StatusCode(status)
        except ValueError:
            raise ValueError(f"there is no status {status}; see StatusCode") from None
        number = None if request is None else getattr(messages, request, None)
        if request is not None and (number is None or not request.endswith("_REQ")):
            raise ValueError(f"there is no request {request!r}; a request is a message such as 'OPEN_REQ'")
        _check_range("the number of requests", count, MAX_FAULTS)
        for refusing in self._affected(side):
            refusing.request_faults.refuse(number, refusal, count)

    def _affected(self, side: str | None) -> tuple[Side, ...]:
        return tuple(self._sides.values()) if side is None else (self.side(side),)

    def cut(self, session: ClientSession, after_bytes: int = 0) -> None:
        """Send ``after_bytes`` more bytes to a session, then reset its connection, even within a frame."""
        session.cut(after_bytes)


def _check_range(what: str, given: float, most: float) -> None:
    if not 0 <= given <= most:
        raise ValueError(f"{what} is 0 to {most:.0f}, not {given}")


def _check_numbers(what: str, count: int, first: int, maximum: int) -> None:
    if first < 0 or first + max(count, 1) - 1 > maximum:
        raise ValueError(f"{what} are numbers from 0 to {maximum}: {count} from {first} do not fit")


def _secrets(passwords: Any) -> dict[str, Secret] | Exception | None:
    """Hide the passwords of agents.

    Returns the error to raise, because a traceback would show this variable.
    """
    if passwords is None:
        return None
    if not isinstance(passwords, Mapping):
        kind = type(passwords).__name__
        return TypeError(f"check_agent_passwords must be a mapping of agent IDs to passwords, got a {kind}")
    return {agent: _secret(given) for agent, given in passwords.items()}


def _secret(password: str | Secret) -> Secret:
    return password if isinstance(password, Secret) else Secret(password)
