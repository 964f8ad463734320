"""SessionProperties: the properties of CTI OS's Session, as a table over the attributes that hold them."""

from ctios_fast import keywords as kw
from ctios_fast.connection.connection import Connection
from ctios_fast.enums import ConnectionMode

from .agents.agent import Agent
from .client_identity import ClientIdentity
from .context import Context
from .property_object import Property, PropertyObject, properties
from .time_of_day import time_of_day

__all__ = ["SessionProperties"]


class SessionProperties(PropertyObject):
    """What a Session can be asked under CTI OS's keywords. Values that are not known are None.

    The Session that inherits it sets ``_connection``, ``_context`` and ``_identity``.
    """

    _connection: Connection
    _context: Context
    _identity: ClientIdentity

    PROPERTIES = properties(
        Property(kw.CTIOS_CONNECTIONMODE, "connection_mode"),
        Property(kw.CTIOS_CTIOSA, "ctios_a"),
        Property(kw.CTIOS_PORTA, "port_a"),
        Property(kw.CTIOS_CTIOSB, "ctios_b"),
        Property(kw.CTIOS_PORTB, "port_b"),
        Property(kw.CTIOS_CURRENTSERVER, "current_server"),
        Property(kw.CTIOS_CURRENTPORT, "current_port"),
        Property(kw.CTIOS_CONNECTEDSINCE, "connected_since"),
        Property(kw.CTIOS_TRYINGSERVER, "trying_server"),
        Property(kw.CTIOS_TRYINGPORT, "trying_port"),
        Property(kw.CTIOS_TRYINGSINCE, "trying_since"),
        Property(kw.CTIOS_HEARTBEAT, "heartbeat"),
        Property(kw.CTIOS_MAXHEARTBEATS, "max_heartbeats"),
        Property(kw.CTIOS_CURRENTAGENT, "current_agent"),
        Property(kw.CTIOS_LASTERROR, "last_error"),
        Property(kw.CTIOS_UNIQUEOBJECTID, "unique_object_id"),
    )

    @property
    def unique_object_id(self) -> str:
        """The session's identity: ``session.<ClientID>``. The guide prints no form for it."""
        return f"session.{self._identity.client_id}"

    @property
    def connection_mode(self) -> ConnectionMode:
        """Whether the session serves one agent, monitors several (as bulk mode does), or has no mode."""
        mode = self._context.mode
        if mode is None:
            return ConnectionMode.NOT_CONNECTED
        return ConnectionMode.AGENT_CONNECTION if mode.is_agent else ConnectionMode.MONITOR_CONNECTION

    @property
    def current_agent(self) -> Agent | None:
        """The agent of agent mode; None in other modes and without a mode."""
        agent = self._context.current_agent
        return agent if isinstance(agent, Agent) else None

    # --- The sides ----------------------------------------------------------------------------------

    def _address(self, name: str) -> tuple[str | None, int | None]:
        # host and port that connect was given for a side; a side that stands in for another has its address
        return next(
            ((side.host, side.port) for side in self._connection.sides if side.name == name), (None, None)
        )

    @property
    def ctios_a(self) -> str | None:
        """The host of side A, None before the first ``connect``."""
        return self._address("A")[0]

    @property
    def port_a(self) -> int | None:
        """The port of side A, None before the first ``connect``."""
        return self._address("A")[1]

    @property
    def ctios_b(self) -> str | None:
        """The host of side B, None before the first ``connect``."""
        return self._address("B")[0]

    @property
    def port_b(self) -> int | None:
        """The port of side B, None before the first ``connect``."""
        return self._address("B")[1]

    # --- The connection -----------------------------------------------------------------------------

    @property
    def current_server(self) -> str:
        """Host of the side that the session is connected to, or an empty text."""
        side = self._connection.connected_side
        return "" if side is None else side.host

    @property
    def current_port(self) -> int | None:
        """Port of the side that the session is connected to, None without one."""
        side = self._connection.connected_side
        return None if side is None else side.port

    @property
    def current_side(self) -> str:
        """``"A"`` or ``"B"``: the side that the session is connected to, or an empty text."""
        side = self._connection.connected_side
        return "" if side is None else side.name

    @property
    def connected_since(self) -> int | None:
        """Time of day in milliseconds at which the session was connected, None without a connection."""
        if self._connection.connected_side is None:
            return None
        return time_of_day(self._connection.connected_at)

    @property
    def trying_server(self) -> str:
        """Host of the side that is being tried, or an empty text."""
        trying = self._connection.trying
        return "" if trying is None else trying.host

    @property
    def trying_port(self) -> int | None:
        """Port of the side that is being tried, None without one."""
        trying = self._connection.trying
        return None if trying is None else trying.port

    @property
    def trying_since(self) -> int | None:
        """Time of day in milliseconds at which this try began, None without one."""
        return None if self._connection.trying is None else time_of_day(self._connection.tried_at)

    @property
    def heartbeat(self) -> float | None:
        """Seconds of silence after which a heartbeat is sent, None for no heartbeats."""
        return self._connection.heartbeat

    @property
    def max_heartbeats(self) -> int:
        """Unanswered heartbeats in a row that end the connection."""
        return self._connection.options.max_heartbeats
