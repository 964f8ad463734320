"""CurrentCall: the call of agent mode that buttons are about.

The only own call is the current one. Among several the program chooses.
"""

from collections.abc import Iterable

from ctios_fast import keywords as kw
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.context import Context

from . import states
from .call import Call
from .live_call import LiveCall

__all__ = ["CurrentCall", "change_current_call"]


class CurrentCall:
    """Follows the current call of a session: ``Context.current_call``."""

    __slots__ = ("_calls", "_context")

    def __init__(self, context: Context, calls: Iterable[LiveCall]) -> None:
        self._context = context
        self._calls = calls

    def began(self, call: LiveCall) -> None:
        """Make the call current if it is the only own one."""
        context = self._context
        if context.current_agent is not None and context.current_call is None and self._only() is call:
            change_current_call(context, call)

    def ended(self) -> None:
        """The current call has ended: the only one that is left becomes current."""
        change_current_call(self._context, self._only())

    def _only(self) -> LiveCall | None:
        # In agent mode there are a few calls; in other modes none is current.
        own = [each for each in self._calls if not each.is_monitored and each.status != states.NULL]
        return own[0] if len(own) == 1 else None


def change_current_call(context: Context, call: Call | None) -> None:
    """Make the call current, or none, and fire OnCurrentCallChanged."""
    context.current_call = call
    context.fire("OnCurrentCallChanged", _arguments, call)
    if context.buttons is not None and context.current_call is call:
        context.buttons.report("" if call is None else call.unique_object_id, 0)


def _arguments(call: Call | None) -> Arguments:
    return arguments_over({} if call is None else {kw.CTIOS_UNIQUEOBJECTID: call.unique_object_id})
