"""ModeSetting: takes a session into a mode and out of it.

It checks that the mode can be set, notes it in the context, and opens the GED-188 session. The request that
sets a mode is answered after the first queries. The recovery starts them with every opening, also with one
that no request waits for.
"""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from ctios_fast import keywords as kw
from ctios_fast.connection.connection import Connection
from ctios_fast.connection.life_cycle import ConnectionState
from ctios_fast.connection.opening import OpenSettings
from ctios_fast.connection.request_book import Request, expected
from ctios_fast.core import Message
from ctios_fast.enums import CilCode
from ctios_fast.errors import ConnectionLost
from ctios_fast.protocol.codes import CTI_SERVICE_SUPERVISOR

from .agents.agent import Agent
from .agents.desk_properties import device_abilities
from .agents.handlers import AGENTS
from .agents.joining import adopt, agent_by_id, require_free
from .agents.state_of_agent import ask_at_opening
from .arguments import Arguments, arguments_over
from .button_reports import ButtonReports
from .client_identity import ClientIdentity
from .coercion import refuse
from .context import Context
from .modes import Mode
from .recovery import Recovery
from .supervisors.companion import check_companion
from .supervisors.supervisor_buttons import SupervisorButtons

if TYPE_CHECKING:
    from .event_filter import EventFilter

__all__ = ["ModeSetting"]


class ModeSetting:
    """Sets and clears the mode of one session."""

    def __init__(
        self, context: Context, connection: Connection, recovery: Recovery, identity: ClientIdentity
    ) -> None:
        self._context = context
        self._connection = connection
        self._recovery = recovery
        self._identity = identity

    # --- Modes --------------------------------------------------------------------------------------

    def set_agent(self, agent: Agent, mode: Mode, companion: Context | None) -> Request[None]:
        """Set agent mode. See ``Session.set_agent``. ``companion``: the context of the companion session."""
        self._require_modeless()
        require_free(self._context, agent)
        if agent.peripheral_id is None:
            raise refuse("the agent has no PeripheralID", CilCode.E_CTIOS_MISSING_ARGUMENT)
        if companion is not None:
            check_companion(self._context, companion, agent.peripheral_id)
        self._enter(mode, agent.peripheral_id, agent)
        context = self._context
        context.companion = companion
        if companion is not None or mode.services & CTI_SERVICE_SUPERVISOR:
            context.supervisor_buttons = SupervisorButtons(context)
        settings = self._settings(
            mode,
            peripheral_id=agent.peripheral_id,
            agent_id=agent.agent_id,
            agent_instrument=agent.agent_instrument,
            agent_extension=agent.agent_extension,
        )
        return self._open(settings, "SetAgent")

    def clear_agent(self) -> Request[None]:
        """Clear the current agent. See ``Session.set_agent``."""
        context = self._context
        context.require_thread()
        if context.mode is not None and self._connection.state is not ConnectionState.DISCONNECTED:
            raise refuse(
                f"the session is in {context.mode.name} mode; disconnect before clearing its agent",
                CilCode.E_CTIOS_SET_AGENT_SESSION_DISCONNECT_REQUIRED,
            )
        agent, context.current_agent = context.current_agent, None
        if agent is not None:
            context.registry[AGENTS.name].remove(agent.agent_id)
            context.fire("OnCurrentAgentReset", _reset_arguments, agent)
        cleared: Request[None] = Request("SetAgent")
        cleared.set_result(None)
        return cleared

    def set_bulk_mode(self, peripheral_id: int, named: "Iterable[str | Agent]", mode: Mode) -> Request[None]:
        """Set bulk mode, with the agents that the program named. See ``Session.set_bulk_mode``."""
        for agent in self._join(peripheral_id, named, mode):
            ask_at_opening(agent)
        return self._open(self._settings(mode), "SetBulkMode")

    def set_message_filter(
        self,
        wanted: "EventFilter",
        peripheral_id: int,
        named: "Iterable[str | Agent]",
        mode: Mode,
        *,
        has_snapshot: bool,
    ) -> Request[None]:
        """Set monitor mode. See ``Session.set_message_filter``."""
        context = self._context
        self._join(peripheral_id, named, mode)
        if has_snapshot:
            for agent in context.registry[AGENTS.name]:
                ask_at_opening(agent)
        context.snapshot_due = has_snapshot
        end = partial(wanted.end, self._connection.dispatcher)
        context.filter_events(wanted.accepts, wanted.refuses, end)
        wanted.begin(self._connection.dispatcher)
        return self._open(self._settings(mode), "SetMessageFilter")

    def forget(self) -> None:
        """The mode is over."""
        self._recovery.stop()
        self._context.forget_mode()

    # --- Steps --------------------------------------------------------------------------------------

    def _require_modeless(self) -> None:
        self._context.require_thread()
        mode = self._context.mode
        if mode is not None:
            raise refuse(
                f"the session is in {mode.name} mode; disconnect first",
                CilCode.E_CTIOS_SET_AGENT_SESSION_DISCONNECT_REQUIRED,
            )
        if self._connection.state in (ConnectionState.DISCONNECTED, ConnectionState.CLOSING):
            raise refuse("the session is not connected", CilCode.E_CTIOS_SESSION_NOT_CONNECTED)

    def _join(self, peripheral_id: int, named: "Iterable[str | Agent]", mode: Mode) -> list[Agent]:
        # Enters a mode without an agent of its own. Returns the agents that the program named.
        self._require_modeless()
        for each in named:
            if isinstance(each, Agent):
                require_free(self._context, each)
        self._enter(mode, peripheral_id, None)
        agents = []
        for each in named:
            agent = (
                adopt(self._context, each) if isinstance(each, Agent) else agent_by_id(self._context, each)
            )
            agent.peripheral_id = peripheral_id
            agents.append(agent)
        return agents

    def _enter(self, mode: Mode, peripheral_id: int, agent: Agent | None) -> None:
        context = self._context
        before = context.current_agent
        context.peripheral_id = peripheral_id
        context.enter_mode(mode)
        context.configuration.begin(mode.configuration)
        context.registry.use_peripheral(peripheral_id)
        context.current_agent = None if agent is None else adopt(context, agent)
        context.buttons = None if agent is None else ButtonReports(context, device_abilities)
        if before is not None and before is not agent:
            context.fire("OnCurrentAgentReset", _reset_arguments, before)

    def _settings(self, mode: Mode, **settings: Any) -> OpenSettings:
        identity, version = self._identity, self._context.codec.version
        return OpenSettings(
            client_id=identity.client_id,
            client_password=identity.client_password,
            client_signature=identity.client_signature,
            services=mode.services,
            optional_services=mode.optional_services & mode.services,
            call_msg_mask=mode.call_mask(version),
            agent_state_mask=mode.agent_mask(version),
            config_msg_mask=mode.config_mask(version),
            **settings,
        )

    def _open(self, settings: OpenSettings, label: str) -> Request[None]:
        # The request that is returned is answered when the first queries of the opening are.
        outcome: Request[None] = Request(label)

        def answered(opening: Request[Message]) -> None:
            error = opening.exception()
            if error is None:
                self._await_agent(outcome)
                return
            if self._connection.state in (ConnectionState.CONNECTED, ConnectionState.DISCONNECTED):
                self.forget()
            outcome.set_exception(error)

        self._connection.open(settings).add_done_callback(answered)
        return outcome

    # --- After the opening --------------------------------------------------------------------------

    def _await_agent(self, outcome: Request[None]) -> None:
        # The state tells whether the agent is logged in already. The mode is set without it as well.
        def asked(query: Request[Any]) -> None:
            error = query.exception()
            if isinstance(error, ConnectionLost):
                outcome.set_exception(error)
            else:
                self._await_first_queries(outcome)

        query = self._recovery.agent_query
        if query is None:
            self._await_first_queries(outcome)
        else:  # the recovery's callback comes first, and has started the late queries
            query.add_done_callback(asked)

    def _await_first_queries(self, outcome: Request[None]) -> None:
        def asked(task: object) -> None:
            if self._connection.state is ConnectionState.OPEN:
                outcome.set_result(None)
            else:
                words = "the connection was lost before everything that the mode asks for was answered"
                outcome.set_exception(expected(ConnectionLost(words)))

        if self._recovery.task is None:
            outcome.set_result(None)
        else:
            self._recovery.task.add_done_callback(asked)


def _reset_arguments(agent: Agent) -> Arguments:
    return arguments_over({kw.CTIOS_UNIQUEOBJECTID: agent.unique_object_id})
