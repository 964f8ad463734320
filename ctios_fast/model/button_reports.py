"""ButtonReports: the button mask of agent mode, from the agent, the current call and the desk."""

from collections.abc import Callable
from typing import Any, Final, Protocol

from ctios_fast import keywords as kw
from ctios_fast.protocol.codes import LCS_CONNECT, LCS_HOLD, PT_ENTERPRISE_AGENT

from . import buttons
from .arguments import Arguments, arguments_over
from .context import Context
from .publisher import EventTable

__all__ = ["BUTTON_EVENTS", "ButtonReports"]

#: Events about buttons (CTI OS Developer's Guide, IButtonEnablementEvents).
BUTTON_EVENTS: Final = EventTable(names=("OnButtonEnablementChange",))
#: The state of another call of the device that makes a difference, by the state of the current call.
_OTHER: Final = {LCS_CONNECT: LCS_HOLD, LCS_HOLD: LCS_CONNECT}


class _Desk(Protocol):
    """What the mask needs of the current agent. An ``Agent`` has it all."""

    state: int | None

    @property
    def desk_settings_mask(self) -> int | None: ...
    @property
    def peripheral_type(self) -> int | None: ...
    @property
    def is_routable(self) -> bool | None: ...


class _CurrentCall(Protocol):
    """What the mask needs of the current call. A ``Call`` has it all."""

    status: int | None

    @property
    def call_type(self) -> int | None: ...
    @property
    def other_calls(self) -> "tuple[_CurrentCall, ...]": ...


class ButtonReports:
    """Computes and reports EnablementMask for the session in agent mode.

    ``abilities``: returns TransferConferenceSetup and CallControlSupported of an agent's device, None where
    they are not known.
    """

    __slots__ = ("_abilities", "_context")

    def __init__(self, context: Context, abilities: Callable[[Any], tuple[int, int] | None]) -> None:
        self._context = context
        self._abilities = abilities

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens to a mask that an event of the session's own may change."""
        context = self._context
        return bool(context.listeners["OnButtonEnablementChange"]) or context.supervisor_buttons_heard

    def mask(self) -> int:
        """The EnablementMask as it is now."""
        context = self._context
        agent: _Desk | None = context.current_agent  # type: ignore[assignment]
        call: _CurrentCall | None = context.current_call  # type: ignore[assignment]
        settings = None if agent is None else agent.desk_settings_mask
        abilities = None if agent is None else self._abilities(agent)
        setup, controls = (0, buttons.ALL_CONTROLS) if abilities is None else abilities
        kind = None if agent is None else agent.peripheral_type
        peripheral_type = PT_ENTERPRISE_AGENT if kind is None else kind  # most sessions serve Unified CCE
        of_agent = buttons.agent_mask(
            None if agent is None else agent.state,
            desk_settings=settings,
            peripheral_type=peripheral_type,
            is_routable=None if agent is None else agent.is_routable,
        )
        of_call = 0
        if call is not None:
            other = _OTHER.get(call.status or 0)
            of_call = buttons.call_mask(
                call.status,
                has_other=other is not None and any(each.status == other for each in call.other_calls),
                call_type=call.call_type,
                desk_settings=settings,
                peripheral_type=peripheral_type,
                setup=setup,
            )
        return buttons.combined(of_agent, of_call, controls)

    def report(self, unique_object_id: str, message_type: int) -> None:
        """Fire OnButtonEnablementChange for the object and the message that changed the mask.

        ``message_type`` is 0 where no message did, as when another call becomes current.
        """
        context = self._context
        context.fire("OnButtonEnablementChange", self._arguments, unique_object_id, message_type)
        if context.supervisor_buttons is not None:
            context.supervisor_buttons.report(unique_object_id, message_type)

    def _arguments(self, unique_object_id: str, message_type: int) -> Arguments:
        return arguments_over(
            {
                kw.CTIOS_ENABLEMENTMASK: self.mask(),
                kw.CTIOS_UNIQUEOBJECTID: unique_object_id,
                kw.CTIOS_MESSAGEID: message_type,
            }
        )
