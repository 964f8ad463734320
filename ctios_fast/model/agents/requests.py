"""Requests about an agent: for a state, and for a login whose state has to be asked for first.

The confirmation of a request for a state and the event that shows the state may come in either order.
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol

from ctios_fast.connection.request_book import Request, expected
from ctios_fast.core import Message
from ctios_fast.enums import AgentState
from ctios_fast.errors import ConnectionLost, ForcedLogout, Refused, RequestTimeout

from . import states
from .reasons import FORCED_LOGOUT

__all__ = ["ChangingAgent", "CompanionRequest", "LoginRequest", "StateChange"]


class ChangingAgent(Protocol):
    """What a StateChange reads from its agent. An ``Agent`` has it."""

    agent_id: str


class StateChange(Request[AgentState | int]):
    """A request for a state, answered once the server confirmed it and the state itself was seen.

    The answer is the state that the agent is in then. A logout answered by an event with the reason of a
    forced logout fails with ``ForcedLogout``, unless the request itself asked for that reason. A subclass
    reports to the agent what happens to the request.

    ``is_waiting``: whether the state has yet to be seen. ``later``: the agent's next request, or None.
    """

    __slots__ = ("_agent", "_is_confirmed", "_shown", "is_waiting", "later", "reason", "wanted")

    def __init__(
        self, label: str, agent: ChangingAgent, wanted: AgentState | int, reason: int, is_waiting: bool
    ) -> None:
        self.label = label
        self.wanted = wanted
        self.reason = reason
        self.is_waiting = is_waiting
        #: The state that was seen, None where it was not waited for.
        self._shown: AgentState | int | None = None
        self._is_confirmed = False
        self._agent = agent
        self.later: StateChange | None = None

    def shown(self, state: AgentState | int, reason: int) -> bool:
        """An event shows that state. Returns whether it answers this request."""
        if not self.is_waiting:
            return False
        if state in states.NOT_SIGNED_IN if self.wanted == states.LOGIN else state != self.wanted:
            return False
        self.is_waiting = False
        self._shown = state
        if self.wanted == states.LOGOUT and reason == FORCED_LOGOUT != self.reason:
            self.set_exception(ForcedLogout(self._agent.agent_id, reason))
        elif self._is_confirmed:
            self.set_result(state)
        return True

    def lost(self, reason: str) -> None:
        """The connection is over. A logout that was seen has succeeded; any other state stays unknown."""
        if self._logout_was_seen():
            self._answer()
        else:
            self.set_exception(expected(ConnectionLost(f"agent state {self.wanted} not seen: {reason}")))

    def confirmed(self, message: Message) -> None:
        """The server took the request. Called by the request book."""
        if self.done():
            return
        self._is_confirmed = True
        self._report_confirmed(message)
        if not self.is_waiting:
            self._answer()
            self._report_over()

    def failed(self, error: BaseException) -> None:
        """The request was refused, or will not be answered. Called by the request book.

        A logout whose event came succeeded, even if its confirmation never comes.
        """
        if self.done():
            return
        if isinstance(error, RequestTimeout | ConnectionLost) and self._logout_was_seen():
            self._answer()
            self._report_over()
            return
        self._report_failed(error)
        self.set_exception(error)

    def overdue(self) -> None:
        """The time is over; confirmed, but the state was not seen. Called by the request book."""
        if not self.done():
            self.set_exception(
                RequestTimeout(
                    f"the request for agent state {self.wanted} was confirmed, but no event showed the state"
                )
            )
            self._report_over()

    def cancel(self, msg: object = None) -> bool:
        """Stop waiting for the state."""
        ended = super().cancel(msg)
        if ended:
            self._report_over()
        return ended

    @abstractmethod
    def _report_confirmed(self, message: Message) -> None:
        """The server took the request."""

    @abstractmethod
    def _report_over(self) -> None:
        """The request needs no state event any more."""

    @abstractmethod
    def _report_failed(self, error: BaseException) -> None:
        """The request was refused, or will not be answered."""

    def _logout_was_seen(self) -> bool:
        return self.wanted == states.LOGOUT and self._shown is not None

    def _answer(self) -> None:
        self.set_result(self.wanted if self._shown is None else self._shown)


class _FollowingRequest(Request[AgentState | int]):
    """A request whose answer is that of another request, its step."""

    __slots__ = ("_step",)

    #: The step that is not answered yet, None without one. Subclasses set it first of all.
    _step: "Request[AgentState | int] | None"

    def follow(self, step: "Request[AgentState | int]") -> None:
        """Wait for a step: its answer is the answer."""
        self._step = step
        step.add_done_callback(self._followed)

    def _followed(self, step: "Request[AgentState | int]") -> None:
        self._step = None
        if step.cancelled():
            self.cancel()
            return
        error = step.exception()
        if error is None:
            self.set_result(step.result())
        else:
            self._step_failed(error)

    def _step_failed(self, error: BaseException) -> None:
        self.set_exception(error)

    def cancel(self, msg: object = None) -> bool:
        """Stop waiting for the state, and cancel the step."""
        ended = super().cancel(msg)
        step, self._step = self._step, None
        if ended and step is not None:
            step.cancel()
        return ended


class LoginRequest(_FollowingRequest):
    """A login in two steps: a query for the agent's state, then LOGIN if it is needed, which is followed.

    One deadline covers both. Once the request is cancelled, or its only await, LOGIN is not sent any more.
    """

    __slots__ = ("_clock", "_ends_at")

    def __init__(self, timeout: float, clock: Callable[[], float]) -> None:
        self.label = "Login"
        self._step = None
        self._clock = clock
        #: When the time for both steps is over, by the session's clock.
        self._ends_at = clock() + timeout

    @property
    def remaining(self) -> float:
        """Seconds that are left."""
        return self._ends_at - self._clock()

    def abandoned(self) -> None:
        """The only await was cancelled, so the rest is not sent."""
        self.cancel()


class CompanionRequest(_FollowingRequest):
    """A request for the state of another agent, which the companion session sends.

    - ``step``: the companion's request.
    - ``refused``: called with a refusal; returns whether a listener heard of it.
    """

    __slots__ = ("_refused",)

    def __init__(self, step: "Request[AgentState | int]", refused: Callable[[Refused], bool]) -> None:
        self.label = step.label
        self._refused = refused
        self.follow(step)

    def _step_failed(self, error: BaseException) -> None:
        if isinstance(error, Refused) and not self.done() and self._refused(error):
            self.reported()
        super()._step_failed(error)
