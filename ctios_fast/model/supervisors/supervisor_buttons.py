"""SupervisorButtons: the button mask of a supervisor in agent mode, about what it monitors."""

from typing import Any, Final

from ctios_fast import keywords as kw
from ctios_fast.model import buttons
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.buttons import Supervision
from ctios_fast.model.context import Context
from ctios_fast.protocol.codes import CALLTYPE_SUPERVISOR_MONITOR, CALLTYPE_SUPERVISOR_WHISPER, LCS_CONNECT

__all__ = ["SupervisorButtons"]

_EVENT: Final = "OnSupervisorButtonChange"
#: CallType of the calls through which a supervisor listens.
_LISTENING: Final = frozenset({CALLTYPE_SUPERVISOR_MONITOR, CALLTYPE_SUPERVISOR_WHISPER})


class SupervisorButtons:
    """Computes and reports SupervisorBtnEnablementMask for the agent of agent mode."""

    __slots__ = ("_context", "_reported")

    def __init__(self, context: Context) -> None:
        self._context = context
        #: The mask that was reported last.
        self._reported = 0

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens to OnSupervisorButtonChange."""
        return bool(self._context.listeners[_EVENT])

    def mask(self) -> int:
        """The SupervisorBtnEnablementMask as it is now; 0 while no agent is monitored."""
        supervisor: Any = self._context.current_agent
        agent = self._context.monitors.monitored_agent(supervisor)
        if agent is None:
            return 0
        call = self._monitored_call(supervisor, agent)
        return buttons.supervisor_mask(
            agent.state,
            None if call is None else call.status,
            own_state=supervisor.state,
            supervision=self._supervision(supervisor, agent),
            has_control=self._context.companion is not None or not self._context.is_strict,
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
        if not self.is_heard:
            return
        mask, supervisor = self.mask(), self._context.current_agent
        is_other_target = not message_type and supervisor and supervisor.unique_object_id == unique_object_id
        if mask == self._reported and not is_other_target and not self._is_about_monitored(unique_object_id):
            return
        self._reported = mask
        self._context.fire(_EVENT, _arguments, mask, unique_object_id, message_type)

    # --- What the mask is about ---------------------------------------------------------------------

    def _monitored_call(self, supervisor: Any, agent: Any) -> Any:
        # The call that the program chose, otherwise a call of the agent: a connected one first.
        chosen = self._context.monitors.monitored_call(supervisor)
        if chosen is not None:
            return chosen
        calls = self._calls_at(agent)
        return next((each for each in calls if each.status == LCS_CONNECT), calls[0] if calls else None)

    def _supervision(self, supervisor: Any, agent: Any) -> Supervision:
        # What the supervisor does is seen from its own calls, so that nothing is missed or stale.
        supervised = {each.connection_call_id for each in self._calls_at(agent)}
        found = Supervision.NONE
        for own in self._calls_at(supervisor):
            if own.is_monitored:
                continue
            if own.connection_call_id in supervised:
                return Supervision.BARGED_IN
            if own.call_type in _LISTENING:
                found = Supervision.MONITORING
        return found

    def _calls_at(self, agent: Any) -> list[Any]:
        return list(self._context.calls_at(agent.agent_instrument or "", agent.agent_extension or ""))

    def _is_about_monitored(self, unique_object_id: str) -> bool:
        monitored = self._context.monitors.monitored_agent(self._context.current_agent)
        if monitored is None:
            return False
        if unique_object_id == monitored.unique_object_id:
            return True
        found: Any = self._context.registry.find(unique_object_id)
        device = getattr(found, "instrument", None)
        return device is not None and device in (monitored.agent_instrument, monitored.agent_extension)


def _arguments(mask: int, unique_object_id: str, message_type: int) -> Arguments:
    return arguments_over(
        {
            kw.CTIOS_SUPERVISORBTNENABLEMENTMASK: mask,
            kw.CTIOS_UNIQUEOBJECTID: unique_object_id,
            kw.CTIOS_MESSAGEID: message_type,
        }
    )
