"""SupervisorRequests: what an Agent does as a supervisor, and chat. ``Agent`` inherits it."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from ctios_fast import keywords as kw
from ctios_fast._checks import shown
from ctios_fast.connection.request_book import Request
from ctios_fast.enums import CilCode
from ctios_fast.model.coercion import refuse
from ctios_fast.model.context import Context
from ctios_fast.model.named_call import CallReference, name_connection, name_no_connection
from ctios_fast.model.property_object import Property
from ctios_fast.model.request_rows import Fields, RequestingObject
from ctios_fast.protocol.codes import (
    CALLTYPE_SUPERVISOR_MONITOR,
    CTI_SERVICE_ALL_EVENTS,
    CTI_SERVICE_PERIPHERAL_MONITOR,
    DISTRIBUTE_TO_ALL,
    DISTRIBUTE_TO_CLIENT,
    SUPERVISOR_BARGE_IN,
    SUPERVISOR_CLEAR,
    SUPERVISOR_INTERCEPT,
    SUPERVISOR_MONITOR,
    SUPERVISOR_WHISPER,
)

from . import supervisor_rows as rows
from .companion import agent_at_either, call_of_either, monitored_by, supervising_context

if TYPE_CHECKING:
    from ctios_fast.messages import SuperviseCallConf, UserMessageConf

__all__ = ["SUPERVISOR_PROPERTIES", "AgentReference", "SupervisorRequests"]

#: Properties of an agent that this module adds.
SUPERVISOR_PROPERTIES: Final = (
    Property(kw.CTIOS_SUPERVISORBTNENABLEMENTMASK, "supervisor_enablement_mask"),
    Property(kw.CTIOS_SILENTMONITORCALLUID, "silent_monitor_call_uid"),
    Property(kw.CTIOS_SILENTMONITORTARGETAGENTUID, "silent_monitor_target_agent_uid"),
)

#: Services of sessions that have to name the supervisor's device.
_NAMES_SUPERVISOR: Final = CTI_SERVICE_ALL_EVENTS | CTI_SERVICE_PERIPHERAL_MONITOR


class AgentReference(Protocol):
    """What requests need of another Agent."""

    agent_id: str

    @property
    def unique_object_id(self) -> str:
        """The agent's identity within its session."""


class SupervisorRequests(RequestingObject):
    """The requests of an Agent who is a supervisor, and chat.

    The object is always the supervisor's own Agent: in agent mode ``session.current_agent``, in bulk mode
    any Agent. ``AgentRequests`` says how requests are answered and what they fail with. Methods that the
    session cannot send raise ``MethodError`` (E_CTIOS_MODE_CONFLICT) at once, which names the cure.
    """

    __slots__ = ()

    agent_id: str
    agent_instrument: str | None
    agent_extension: str | None

    # --- Supervision of calls -------------------------------------------------------------------------

    def supervise_call(
        self,
        args: Mapping[str, object] | None = None,
        *,
        action: int | None = None,
        agent: "AgentReference | str | None" = None,
        call: CallReference | str | None = None,
        timeout: float | None = None,
    ) -> "Request[SuperviseCallConf]":
        """Listen to, join, take over or leave the call of an agent; the answer is the SUPERVISE_CALL_CONF.

        - ``args``: SupervisoryAction, AgentReference, and CallReference or AgentCallReference.
        - ``action``: required, a SupervisoryAction: 0 leave, 1 silent monitor, 2 whisper (the agent hears the
          supervisor, the caller does not; CTI OS lacks it), 3 barge in, 4 intercept.
        - ``agent``: the supervised agent, as an Agent or its UniqueObjectID.
        - ``call``: the agent's call, as a Call or its UniqueObjectID; the agent's active call unless given.
          To leave a call that the supervisor listens to, it may be the supervisor's own call.
        - ``timeout``: seconds.

        Without ``agent`` and ``call`` it is about the monitored call, or the active call of the monitored
        agent (``start_monitoring_call``, ``start_monitoring_agent``). The supervisor's own calls and those of
        the agent report what follows. Barging in needs a supervisor in NOT_READY; intercepting is possible
        after barging in only, and drops the agent.

        ``OnSuperviseCallConf`` reports the confirmation. In agent mode it needs the Supervisor service or a
        companion session. Fails and raises as the class says; raises ``MethodError`` for an agent or a call
        that the session does not know.
        """
        args = rows.SUPERVISE_CALL.received(args)
        return self._supervise(args, {"supervisory_action": action}, agent, call, timeout)

    def barge_in(
        self,
        *,
        agent: "AgentReference | str | None" = None,
        call: CallReference | str | None = None,
        timeout: float | None = None,
    ) -> "Request[SuperviseCallConf]":
        """Join the call of an agent and speak with all parties. See ``supervise_call``."""
        return self.supervise_call(action=SUPERVISOR_BARGE_IN, agent=agent, call=call, timeout=timeout)

    def intercept(
        self,
        *,
        agent: "AgentReference | str | None" = None,
        call: CallReference | str | None = None,
        timeout: float | None = None,
    ) -> "Request[SuperviseCallConf]":
        """Take over a call after ``barge_in``: the agent is dropped from it. See ``supervise_call``."""
        return self.supervise_call(action=SUPERVISOR_INTERCEPT, agent=agent, call=call, timeout=timeout)

    def start_silent_monitor(
        self,
        *,
        agent: "AgentReference | str | None" = None,
        call: CallReference | str | None = None,
        timeout: float | None = None,
    ) -> "Request[SuperviseCallConf]":
        """Listen to the call of an agent through Unified CM. See ``supervise_call``."""
        return self.supervise_call(action=SUPERVISOR_MONITOR, agent=agent, call=call, timeout=timeout)

    def whisper(
        self,
        *,
        agent: "AgentReference | str | None" = None,
        call: CallReference | str | None = None,
        timeout: float | None = None,
    ) -> "Request[SuperviseCallConf]":
        """Speak with the agent of a call without being heard by the caller. See ``supervise_call``."""
        return self.supervise_call(action=SUPERVISOR_WHISPER, agent=agent, call=call, timeout=timeout)

    def clear_supervision(
        self,
        *,
        agent: "AgentReference | str | None" = None,
        call: CallReference | str | None = None,
        timeout: float | None = None,
    ) -> "Request[SuperviseCallConf]":
        """Leave the call of an agent, however the supervisor takes part in it. See ``supervise_call``."""
        return self.supervise_call(action=SUPERVISOR_CLEAR, agent=agent, call=call, timeout=timeout)

    def stop_silent_monitor(
        self,
        *,
        agent: "AgentReference | str | None" = None,
        call: CallReference | str | None = None,
        timeout: float | None = None,
    ) -> "Request[SuperviseCallConf]":
        """Stop listening to the call of an agent: the same request as ``clear_supervision``."""
        return self.clear_supervision(agent=agent, call=call, timeout=timeout)

    def _supervise(
        self, args: Any, given: Any, agent: Any, call: Any, timeout: float | None
    ) -> "Request[SuperviseCallConf]":
        context = self._require_context()
        is_current = context.current_agent is self
        sender = supervising_context(context, is_current, "supervise_call()")
        return self._request(
            rows.SUPERVISE_CALL,
            args,
            given,
            timeout,
            partial(self._name_supervised, args, agent, call, sender),
            sender=sender,
        )

    def _name_supervised(self, args: Any, agent: Any, call: Any, sender: Context, fields: Fields) -> None:
        # Adds the fields that name the supervised connection, and the supervisor's own one.
        context = self._require_context()
        target, supervised = self._supervised(context, args, agent, call)
        fields["peripheral_id"] = self._peripheral(context)
        if target is None:
            name_no_connection(fields, "agent_")
            fields["agent_id"] = supervised.agent_id
        else:
            name_connection(target, fields, "agent_")
        own = self._own_connection(context, fields["agent_connection_call_id"])
        if own is None:
            name_no_connection(fields, "supervisor_")
        else:
            name_connection(own, fields, "supervisor_")
        instrument = self.agent_instrument or self.agent_extension
        if instrument:
            fields["supervisor_instrument"] = instrument
        elif sender.services_granted & _NAMES_SUPERVISOR:
            raise refuse(
                f"agent {self.agent_id} has no AgentInstrument to supervise from",
                CilCode.E_CTIOS_MISSING_ARGUMENT,
            )

    def _supervised(self, context: Context, args: Any, agent: Any, call: Any) -> tuple[Any, Any]:
        # The connection that is supervised and its agent. One of them may be None.
        if args is not None:
            agent = args.get(kw.CTIOS_AGENTREFERENCE) if agent is None else agent
            if call is None:
                call = args.get(kw.CTIOS_CALLREFERENCE, args.get(kw.CTIOS_AGENTCALLREFERENCE))
        if call is None and agent is None:
            agent, call = monitored_by(context, self)
        target: Any = None if call is None else call_of_either(context, call)
        supervised = _agent_in(context, agent)
        if target is not None and _is_at(target, self) and not target.is_monitored:
            # The supervisor's own call, through which it listens: the agent at its other end is meant.
            supervised = supervised or _called_agent(context, target)
            target = None
        if target is None and supervised is None:
            raise refuse(
                "supervise_call() needs the agent or the call that is supervised, as none is monitored",
                CilCode.E_CTIOS_MISSING_ARGUMENT,
            )
        return target, supervised

    def _own_connection(self, context: Context, call_id: int) -> Any:
        # The supervisor's connection that the request is about: that of the supervised call, or the call
        # through which the supervisor listens, or any other.
        here = context.calls_at(self.agent_instrument, self.agent_extension)
        own = [each for each in here if not each.is_monitored]
        own.sort(key=lambda each: (each.connection_call_id != call_id, each.call_type not in rows.LISTENING))
        return own[0] if own else None

    @property
    def supervisor_enablement_mask(self) -> int | None:
        """SupervisorBtnEnablementMask as it is now; None unless the agent is a supervisor in agent mode."""
        context = self._context
        if context is None or context.current_agent is not self or context.supervisor_buttons is None:
            return None
        return context.supervisor_buttons.mask()

    # --- Silent monitoring ----------------------------------------------------------------------------

    @property
    def silent_monitor_call_uid(self) -> str | None:
        """UniqueObjectID of the call through which the supervisor listens; None without one.

        The supervisor is the agent of agent mode, or any agent in bulk mode.
        """
        call = self._silent_monitor_call()
        return None if call is None else call.unique_object_id

    @property
    def silent_monitor_target_agent_uid(self) -> str | None:
        """UniqueObjectID of the agent to whom the supervisor listens; None if it is not known."""
        call = self._silent_monitor_call()
        if call is None:
            return None
        target = _called_agent(self._require_context(), call)
        return None if target is None else target.unique_object_id

    def _silent_monitor_call(self) -> Any:
        context = self._context
        if context is None or not (context.hears_all or context.current_agent is self):
            return None
        for call in context.calls_at(self.agent_instrument, self.agent_extension):
            is_own = context.hears_all or not call.is_monitored
            if is_own and call.call_type == CALLTYPE_SUPERVISOR_MONITOR:
                return call
        return None

    # --- Chat -----------------------------------------------------------------------------------------

    def send_chat_message(
        self,
        args: Mapping[str, object] | None = None,
        *,
        message: str | None = None,
        distribution: str | None = None,
        target: "AgentReference | str | None" = None,
        client_id: str | None = None,
        timeout: float | None = None,
    ) -> "Request[UserMessageConf]":
        """Send a text to other clients of the CTI Server; the answer is the USER_MESSAGE_CONF.

        - ``args``: Message, Distribution, Target, ClientID.
        - ``message``: required, 1 to 254 bytes.
        - ``distribution``: required; ``"agent"`` (one client), ``"supervisor"`` (this agent's supervisor),
          ``"team"`` (all clients of this agent's team) or ``"all"`` (all clients of the server).
        - ``target``: for ``"agent"`` the recipient, as an Agent, its UniqueObjectID or its AgentID.
        - ``client_id``: for ``"agent"`` the recipient's ClientID instead of ``target``.
        - ``timeout``: seconds.

        The protocol addresses a client, not an agent. ``target`` is found where the server reports sessions
        (service 0x40, Client Monitor) or ``Session.chat_client_of`` gives a rule. The recipients' event is
        ``OnChatMessage``.

        Needs no service. Fails and raises as the class says; raises ``MethodError`` for a recipient whose
        ClientID is not known, and in agent mode for another agent than the session's own.
        """
        args = rows.SEND_CHAT_MESSAGE.received(args)
        context = self._require_context()
        if context.mode is not None and context.mode.is_agent and context.current_agent is not self:
            raise refuse(
                "send_chat_message(): in agent mode only the session's own agent sends messages; call it on "
                'session.current_agent, with target=... and distribution="agent" to reach another agent',
                CilCode.E_CTIOS_MODE_CONFLICT,
            )
        given = {"message": message, "distribution": distribution, "client_id": client_id}
        return self._request(
            rows.SEND_CHAT_MESSAGE, args, given, timeout, partial(self._name_recipient, args, target)
        )

    def _name_recipient(self, args: Any, target: Any, fields: Fields) -> None:
        context = self._require_context()
        fields["peripheral_id"] = self._peripheral(context)
        kind = fields["distribution"]
        if kind != DISTRIBUTE_TO_CLIENT:
            fields.pop("client_id", None)
            if kind != DISTRIBUTE_TO_ALL:
                fields["agent_id"] = self.agent_id
            return
        if "client_id" in fields:
            return
        if args is not None:
            if kw.CTIOS_LOGINNAME in args:
                raise refuse("the protocol does not address login names: give the AgentID as Target")
            target = args.get(kw.CTIOS_TARGET) if target is None else target
        if target is None:
            raise refuse(
                'a chat message to "agent" needs target (an agent) or client_id (a client)',
                CilCode.E_CTIOS_MISSING_ARGUMENT,
            )
        agent_id = _agent_id(context, target)
        client_id = context.chat.client_of(agent_id)
        if client_id is None:
            raise refuse(
                f"the client of agent {agent_id} is not known: give client_id, set Session.chat_client_of, "
                "or ask for the Client Monitor service (0x40) in set_agent(services=...)",
            )
        fields["client_id"] = client_id


def _agent_id(context: Context, target: Any) -> str:
    # The AgentID of a recipient: an Agent, a UniqueObjectID, or the AgentID itself.
    found: Any = context.registry.find(target) if isinstance(target, str) else target
    if found is None:
        return str(target)
    if not hasattr(found, "agent_id"):
        raise refuse(f"target must be an Agent, its UniqueObjectID or its AgentID, got {shown(target)}")
    agent_id: str = found.agent_id
    return agent_id


def _agent_in(context: Context, agent: Any) -> Any:
    # The Agent that the program names; None where it names none. The companion's Agents count too.
    if agent is None:
        return None
    found: Any = agent
    if isinstance(agent, str):
        found = context.registry.find(agent)
        if found is None and context.companion is not None:
            found = context.companion.registry.find(agent)
    if not hasattr(found, "agent_id"):
        raise refuse(f"{shown(agent)} is not an agent of this session", CilCode.E_CTIOS_INVALID_AGENT)
    return found


def _called_agent(context: Context, call: Any) -> Any:
    # The agent whom a call was made to; None if it is not known. A snapshot names the dialed number only.
    devices = (call.get_value(name) for name in ("CalledDeviceID", "DialedNumber") if call.is_valid(name))
    found = (agent_at_either(context, device) for device in devices)
    return next((agent for agent in found if agent is not None and not _is_at(call, agent)), None)


def _is_at(call: Any, agent: Any) -> bool:
    # Whether the connection is at the agent's device.
    return call.instrument is not None and call.instrument in (agent.agent_instrument, agent.agent_extension)
