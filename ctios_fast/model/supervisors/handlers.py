"""What messages about emergencies, chat and other clients do. None of them changes an object of the model."""

from collections.abc import Mapping
from typing import Any, Final

from ctios_fast import keywords as kw
from ctios_fast.core import Handler, Message
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.context import Context
from ctios_fast.model.kind import Feature
from ctios_fast.protocol import numbers as ged

from .events import SUPERVISOR_EVENTS
from .supervisor_rows import NAMES_OF_DISTRIBUTIONS

__all__ = ["SUPERVISORS"]


def _handlers(context: Context) -> dict[int, Handler]:
    def on_emergency(message: Message) -> None:
        context.fire("OnEmergencyCall", _emergency, message)

    def on_chat(message: Message) -> None:
        context.fire("OnChatMessage", _chat, context, message)

    def on_opened(message: Message) -> None:
        agent_id = message.get("AgentID")
        client_id = message.get("ClientID")
        if agent_id and client_id and message["PeripheralID"] == context.peripheral_id:
            context.chat.opened(message["SessionID"], agent_id, client_id)

    def on_closed(message: Message) -> None:
        context.chat.closed(message["SessionID"])

    return {
        ged.EMERGENCY_CALL_EVENT: on_emergency,
        ged.USER_MESSAGE_EVENT: on_chat,
        ged.CLIENT_SESSION_OPENED_EVENT: on_opened,
        ged.CLIENT_SESSION_CLOSED_EVENT: on_closed,
    }


def _counts(context: Context) -> Mapping[str, int]:
    return {"chat_clients_refused": context.chat.refused}


#: What this folder adds to a session.
SUPERVISORS: Final = Feature(SUPERVISOR_EVENTS, _handlers, _counts)


def _emergency(message: Message) -> Arguments:
    texts = (
        "ConnectionDeviceID",
        "ClientID",
        "ClientAddress",
        "AgentExtension",
        "AgentID",
        "AgentInstrument",
    )
    return arguments_over({**message.fixed(), **{name: message.get(name) or "" for name in texts}})


def _chat(context: Context, message: Message) -> Arguments:
    # The message names the sender's client only. In agent mode the recipient is the session's agent.
    kind, client_id = message["Distribution"], message.get("ClientID") or ""
    values: dict[str, Any] = {
        kw.CTIOS_DISTRIBUTION: NAMES_OF_DISTRIBUTIONS.get(kind, str(kind)),
        kw.CTIOS_MESSAGE: message.get("Text") or "",
        kw.CTIOS_SOURCE: context.chat.agent_of(client_id) or client_id,
        kw.CTIOS_CLIENTID: client_id,
        "ICMCentralControllerTime": message["ICMCentralControllerTime"],
    }
    if context.current_agent is not None:
        values[kw.CTIOS_AGENTID] = values[kw.CTIOS_TARGET] = context.current_agent.agent_id
    return arguments_over(values)
