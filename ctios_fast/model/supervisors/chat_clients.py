"""ChatClients: which client serves which agent. USER_MESSAGE_REQ names a client, CTI OS's chat an agent."""

from collections.abc import Callable

__all__ = ["ChatClients"]


class ChatClients:
    """The ClientIDs of agents, as far as the server names them or a rule of the site gives them.

    CLIENT_SESSION_OPENED_EVENT names both; the server sends it to sessions with the Client Monitor service.

    - ``rule``: gives the ClientID of an AgentID, None for an agent without one; None without a rule.
    - ``max_sessions``: sessions that are kept. Further ones are counted in ``refused``.
    """

    __slots__ = ("_by_agent", "_by_client", "_sessions", "max_sessions", "refused", "rule")

    def __init__(self, max_sessions: int) -> None:
        self.max_sessions = max_sessions
        self.refused = 0
        self.rule: Callable[[str], str | None] | None = None
        #: AgentID and ClientID by SessionID.
        self._sessions: dict[int, tuple[str, str]] = {}
        #: SessionID and ClientID of the latest session of an agent, by AgentID.
        self._by_agent: dict[str, tuple[int, str]] = {}
        #: SessionID and AgentID of the latest session of a client, by ClientID.
        self._by_client: dict[str, tuple[int, str]] = {}

    def opened(self, session_id: int, agent_id: str, client_id: str) -> None:
        """Take in that a client opened a session for an agent."""
        self.closed(session_id)
        if len(self._sessions) >= self.max_sessions:
            self.refused += 1
            return
        self._sessions[session_id] = agent_id, client_id
        self._by_agent[agent_id] = session_id, client_id
        self._by_client[client_id] = session_id, agent_id

    def closed(self, session_id: int) -> None:
        """Take in that a session has ended. What a later one of the agent or client says stays."""
        agent_id, client_id = self._sessions.pop(session_id, ("", ""))
        for table, key in ((self._by_agent, agent_id), (self._by_client, client_id)):
            if table.get(key, (None,))[0] == session_id:
                del table[key]

    def lost(self) -> None:
        """Forget all sessions: those that end in a gap of the events are not reported."""
        self._sessions.clear()
        self._by_agent.clear()
        self._by_client.clear()

    def client_of(self, agent_id: str) -> str | None:
        """The ClientID that serves an agent; None if it is not known."""
        known = self._by_agent.get(agent_id)
        if known is not None:
            return known[1]
        return None if self.rule is None else self.rule(agent_id)

    def agent_of(self, client_id: str) -> str | None:
        """The AgentID that a client serves; None if it is not known."""
        known = self._by_client.get(client_id)
        return None if known is None else known[1]
