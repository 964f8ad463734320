"""SupervisorButtons: the button mask of a supervisor in agent mode, about what it monitors."""

from functools import partial
from typing import TYPE_CHECKING, Any, Final
from weakref import ref

from ctios_fast import keywords as kw
from ctios_fast.model import buttons
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.buttons import Supervision
from ctios_fast.model.calls.events import REPORTS
from ctios_fast.model.context import Context
from ctios_fast.model.cti_object import context_of
from ctios_fast.model.publisher import Listener
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import LCS_CONNECT

from .companion import joined_call, monitored_by
from .supervisor_rows import LISTENING

if TYPE_CHECKING:
    from ctios_fast.model.event_arguments import CallArguments

__all__ = ["SupervisorButtons"]

_EVENT: Final = "OnSupervisorButtonChange"


class SupervisorButtons:
    """Computes and reports SupervisorBtnEnablementMask for the agent of agent mode."""

    __slots__ = ("__weakref__", "_context", "_from_companion", "_reported")

    def __init__(self, context: Context) -> None:
        self._context = context
        #: The mask that was reported last.
        self._reported = 0
        #: What hears the companion's events, None unless the monitored agent is one of the companion.
        self._from_companion: _CompanionEvents | None = None

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens to OnSupervisorButtonChange."""
        return bool(self._context.listeners[_EVENT])

    def mask(self) -> int:
        """The SupervisorBtnEnablementMask as it is now; 0 while no agent is monitored."""
        context = self._context
        supervisor: Any = context.current_agent
        agent, call = monitored_by(context, supervisor)
        hearing = None if agent is None else context_of(agent)
        if hearing is None:
            return 0
        at_agent = _calls_at(hearing, agent)
        if call is None:  # none is chosen: one of the agent's, a connected one first
            connected = [each for each in at_agent if each.status == LCS_CONNECT]
            call = next(iter(connected or at_agent), None)
        return buttons.supervisor_mask(
            agent.state,
            None if call is None else call.status,
            own_state=supervisor.state,
            supervision=_supervision(_calls_at(context, supervisor), at_agent),
            has_control=context.companion is not None or not context.is_strict,
        )

    def mask_about(self, unique_object_id: str) -> int | None:
        """The mask if the object is the monitored agent or a call of it, None for any other object."""
        return self.mask() if self._is_about_monitored(unique_object_id) else None

    def report(self, unique_object_id: str, message_type: int) -> None:
        """Fire OnSupervisorButtonChange for the object and message that may have changed the mask.

        It is fired after each event of the monitored agent and its calls. After the supervisor's own events
        it is fired only where they changed the mask. ``message_type`` is 0 where no message did. With the
        supervisor's own id that says that another agent or call is monitored.
        """
        supervisor = self._context.current_agent
        is_other_target = not message_type and supervisor and supervisor.unique_object_id == unique_object_id
        if is_other_target:
            self._follow_companion()
        if not self.is_heard:
            return
        mask = self.mask()
        if mask == self._reported and not is_other_target and not self._is_about_monitored(unique_object_id):
            return
        self._reported = mask
        self._context.fire(_EVENT, _arguments, mask, unique_object_id, message_type)

    def _is_about_monitored(self, unique_object_id: str) -> bool:
        agent, _ = monitored_by(self._context, self._context.current_agent)
        hearing = None if agent is None else context_of(agent)
        if hearing is None:
            return False
        if unique_object_id == agent.unique_object_id:
            return True
        found: Any = hearing.registry.find(unique_object_id)
        device = getattr(found, "instrument", None)
        return device is not None and device in (agent.agent_instrument, agent.agent_extension)

    def _follow_companion(self) -> None:
        # Hears the companion's monitored events while the monitored agent is one of the companion.
        companion = self._context.companion
        agent, _ = monitored_by(self._context, self._context.current_agent)
        is_elsewhere = companion is not None and agent is not None and context_of(agent) is companion
        if is_elsewhere and self._from_companion is None:
            assert companion is not None
            self._from_companion = _CompanionEvents(self, companion)
        elif not is_elsewhere and self._from_companion is not None:
            self._from_companion.stop()
            self._from_companion = None


class _CompanionEvents:
    # Passes monitored events of the companion to the supervisor's buttons, and ends with them.

    __slots__ = ("_buttons", "_events", "_listeners")

    def __init__(self, supervisor_buttons: SupervisorButtons, companion: Context) -> None:
        self._buttons = ref(supervisor_buttons, lambda gone: self.stop())
        self._events = companion.events
        numbers = {report.monitored: number for number, report in REPORTS.items()}
        numbers["OnMonitoredAgentStateChange"] = ged.AGENT_STATE_EVENT
        #: What is subscribed, by event.
        self._listeners: dict[str, Listener] = {
            event: partial(self._heard, number) for event, number in numbers.items() if event
        }
        for event, listener in self._listeners.items():
            self._events.subscribe(event, listener)

    def _heard(self, message_type: int, args: "CallArguments") -> None:
        found = self._buttons()
        if found is not None and kw.CTIOS_UNIQUEOBJECTID in args:
            found.report(args[kw.CTIOS_UNIQUEOBJECTID], message_type)

    def stop(self) -> None:
        """Hear nothing more."""
        for event, listener in self._listeners.items():
            self._events.unsubscribe(event, listener)
        self._listeners = {}


def _supervision(own: list[Any], supervised: list[Any]) -> Supervision:
    # What the supervisor does is seen from its own calls, so that nothing is missed or stale.
    if joined_call(own, supervised) is not None:
        return Supervision.BARGED_IN
    is_listening = any(not each.is_monitored and each.call_type in LISTENING for each in own)
    return Supervision.MONITORING if is_listening else Supervision.NONE


def _calls_at(context: Context, agent: Any) -> list[Any]:
    return list(context.calls_at(agent.agent_instrument, agent.agent_extension))


def _arguments(mask: int, unique_object_id: str, message_type: int) -> Arguments:
    return arguments_over(
        {
            kw.CTIOS_SUPERVISORBTNENABLEMENTMASK: mask,
            kw.CTIOS_UNIQUEOBJECTID: unique_object_id,
            kw.CTIOS_MESSAGEID: message_type,
        }
    )
