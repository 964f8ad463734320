"""SessionProperties: what a Session reports about itself, as attributes and under CTI OS's keywords."""

from collections.abc import Callable
from typing import Final

from ctios_fast import keywords as kw
from ctios_fast._checks import shown
from ctios_fast.connection.connection import Connection
from ctios_fast.connection.life_cycle import ConnectionState
from ctios_fast.core import Codec
from ctios_fast.enums import ConnectionMode

from .agents.agent import Agent
from .client_identity import ClientIdentity
from .coercion import boolean, refuse
from .context import Context
from .method_only import method_only
from .property_object import Property, PropertyObject, properties
from .time_of_day import time_of_day

__all__ = ["SESSION_PROPERTIES", "SessionProperties", "session_context"]

#: The properties of a session that this module has.
SESSION_PROPERTIES: Final = (
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
    Property(kw.CTIOS_CCMBASEDSILENTMONITOR, "ccm_based_silent_monitor"),
    Property(kw.CTIOS_LASTERROR, "last_error"),
    Property(kw.CTIOS_UNIQUEOBJECTID, "unique_object_id"),
)


class SessionProperties(PropertyObject):
    """The attributes of a Session, and the table of CTI OS's keywords for them. None: the value is not known.

    The Session that inherits it sets ``_connection``, ``_context`` and ``_identity``.
    """

    _connection: Connection
    _context: Context
    _identity: ClientIdentity

    _PROPERTIES = properties(*SESSION_PROPERTIES)

    # --- Identity and mode --------------------------------------------------------------------------

    @property
    def unique_object_id(self) -> str:
        """The session's identity: ``session.<ClientID>``. The guide prints no form for it."""
        return f"session.{self._identity.client_id}"

    @property
    def client_id(self) -> str:
        """The ClientID of the next opening. Setting it raises ``MethodError`` for what cannot be used."""
        return self._identity.client_id

    @client_id.setter
    def client_id(self, client_id: str) -> None:
        self._identity.client_id = client_id

    @property
    def client_signature(self) -> str | None:
        """The ClientSignature of the next opening, None for none. Setting it raises ``MethodError``."""
        return self._identity.client_signature

    @client_signature.setter
    def client_signature(self, signature: str | None) -> None:
        self._identity.client_signature = signature

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

    @property
    def ccm_based_silent_monitor(self) -> bool:
        """Whether silent monitoring is a call through Unified CM: always, since the protocol has no other."""
        return True

    @method_only
    def is_ccm_silent_monitor(self) -> bool:
        """CTI OS's name of ``ccm_based_silent_monitor``."""
        return self.ccm_based_silent_monitor

    @property
    def chat_client_of(self) -> Callable[[str], str | None] | None:
        """The site's rule for chat: gives the ClientID of an AgentID, or None. None: there is no rule.

        It counts where the server has not reported the agent's client. Setting it raises ``MethodError`` for
        what cannot be called.
        """
        return self._context.chat.rule

    @chat_client_of.setter
    def chat_client_of(self, rule: Callable[[str], str | None] | None) -> None:
        if rule is not None and not callable(rule):
            raise refuse(f"chat_client_of must be a function of the AgentID or None, got {shown(rule)}")
        self._context.chat.rule = rule

    # --- The protocol and the state -----------------------------------------------------------------

    @property
    def codec(self) -> Codec:
        """The codec of the session's protocol version."""
        return self._context.codec

    @property
    def version(self) -> int:
        """The protocol version that the session speaks."""
        return self._context.codec.version

    @property
    def request_timeout(self) -> float:
        """Seconds that a confirmation may take unless a request says otherwise."""
        return self._context.request_timeout

    @property
    def state(self) -> ConnectionState:
        """The state of the connection."""
        return self._connection.state

    @method_only
    def is_connected(self) -> bool:
        """Whether the session is connected to a side. Its mode may not be set yet."""
        return self._connection.link is not None and self.state is not ConnectionState.CLOSING

    @method_only
    def is_agent(self) -> bool:
        """Whether the session is in agent mode."""
        return self._context.mode is not None and self._context.mode.is_agent

    @method_only
    def is_supervisor(self) -> bool:
        """Whether the session is in agent mode, for an agent to whom the server granted Supervisor."""
        return self.current_agent is not None and self.current_agent.is_supervisor()

    @property
    def is_open(self) -> bool:
        """Whether the mode is set and the server confirmed it: requests can be made."""
        return self.state is ConnectionState.OPEN

    @property
    def lag(self) -> float:
        """Seconds for which the oldest byte known to have arrived waits for its handlers; 0 if none."""
        return self._connection.lag

    @property
    def services_granted(self) -> int:
        """What the server granted to the open session (CTIServiceMask), 0 without one."""
        return self._context.services_granted

    @property
    def session_type(self) -> int | None:
        """SessionType of the open session: 0 unknown, 1 active, 2 standby.

        None without an open session, and below protocol version 24.
        """
        return self._context.session_type

    @property
    def standby_side(self) -> str:
        """``"A"`` or ``"B"``: the side on which a standby session is open, or an empty text."""
        keeper = self._connection.standby
        if keeper is None or keeper.side is None or not keeper.is_ready:
            return ""
        return keeper.side.name

    @property
    def accepts_maintenance(self) -> bool:
        """The answer when the active CTI Server asks whether its maintenance is acceptable.

        A listener of ``OnActiveMaintenanceRequest`` may set it: the answer is sent after the listeners. One
        refusal cancels the maintenance of the whole peripheral gateway.

        Setting it raises ``MethodError`` for what is not a bool.
        """
        return self._context.accepts_maintenance

    @accepts_maintenance.setter
    def accepts_maintenance(self, accepts: bool) -> None:
        self._context.accepts_maintenance = boolean("accepts_maintenance", accepts)

    @property
    def peripheral_id(self) -> int:
        """The peripheral that the mode was set for."""
        return self._context.peripheral_id

    # --- The sides ----------------------------------------------------------------------------------

    def _address(self, name: str) -> tuple[str | None, int | None]:
        # host and port of a side; where connect was given one host, both sides have it
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


def session_context(session: SessionProperties) -> Context:
    """What the objects of the session use of it. A program does not see it among the session's attributes."""
    return session._context  # noqa: SLF001 - a class of this module
