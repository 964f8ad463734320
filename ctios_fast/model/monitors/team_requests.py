"""TeamListRequest and Series: the list of a supervisor's teams, and one request for each of many teams."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.errors import Refused, RequestRefused
from ctios_fast.model.null_ids import names_nothing
from ctios_fast.protocol.codes import (
    E_CTI_FUNCTION_NOT_AVAILABLE,
    E_CTI_SUPERVISOR_NOT_FOUND,
    E_CTI_TEAM_NOT_FOUND,
)

from .monitor_control import follow

__all__ = ["Series", "TeamListRequest", "add_cure"]

#: Requests of a series that are in flight at once, at most.
_WINDOW: Final = 32
#: What a refusal of the list of teams says to do.
_LIST_CURE: Final = (
    "the server lists teams for an agent that is configured as a supervisor: set it with "
    "Agent(supervisor=True), or name another one by supervisor_id"
)
#: What a refusal to monitor a team says to do.
_TEAM_CURE: Final = (
    "request_agent_team_list() answers with the TeamIDs of the teams that the supervisor may monitor"
)
#: What to do after a refusal, by its status. The list is refused where the server lists no teams for the
#: agent that the request names, or none to the session.
_CURES: Final = {
    E_CTI_FUNCTION_NOT_AVAILABLE: _LIST_CURE,
    E_CTI_SUPERVISOR_NOT_FOUND: _LIST_CURE,
    E_CTI_TEAM_NOT_FOUND: _TEAM_CURE,
}


class TeamListRequest(Request[Any]):
    """LIST_AGENT_TEAM_REQ, whose confirmation comes in segments; the answer is a tuple of TeamIDs.

    - ``listed``: called with the TeamIDs, before the program gets them.
    - ``refused``: called with a refusal; returns whether a listener heard of it.
    """

    __slots__ = ("_listed", "_refused")

    def __init__(
        self, listed: Callable[[tuple[int, ...]], object], refused: Callable[[Refused], bool]
    ) -> None:
        self.label = "LIST_AGENT_TEAM_REQ"
        self._listed = listed
        self._refused = refused

    def confirmed(self, message: Any) -> None:
        """All segments have come. Called by the request book."""
        segments: tuple[Message, ...] = message
        teams = tuple(
            dict.fromkeys(
                team_id
                for segment in segments
                for team_id in segment.get("TeamID") or ()
                if isinstance(team_id, int) and not names_nothing(team_id)
            )
        )
        self._listed(teams)
        self.set_result(teams)

    def failed(self, error: BaseException) -> None:
        """The list was refused, or did not come. Called by the request book."""
        add_cure(error)
        if isinstance(error, Refused) and self._refused(error):
            self.reported()
        self.set_exception(error)


def add_cure(error: BaseException) -> None:
    """Let the refusal of a request about teams say what to do."""
    if isinstance(error, RequestRefused):
        error.cure = _CURES.get(error.status, error.cure)


class Series:
    """Sends requests, a window of them at a time, and answers one request when all are answered.

    - ``outcome``: gets ``answer``, or the first failure once all requests are answered.
    - ``requests``: sends the next request when it is asked for it.
    """

    __slots__ = ("_answer", "_failed", "_open", "_outcome", "_requests", "_sending")

    def __init__(self, outcome: Request[Any], requests: Iterable[Request[Any]], answer: Any) -> None:
        self._outcome = outcome
        self._answer = answer
        #: Sends the requests that are left; None once there are none.
        self._requests: Iterator[Request[Any]] | None = iter(requests)
        self._open = 0
        #: The first request that failed, None without one.
        self._failed: Request[Any] | None = None
        #: Whether a request is being sent: an answer to it does not send the next one.
        self._sending = False
        self._go_on()

    def _go_on(self) -> None:
        self._sending = True
        while self._requests is not None and self._open < _WINDOW:
            request = next(self._requests, None)
            if request is None:
                self._requests = None
                break
            self._open += 1
            if request.done():
                self._count(request)
            else:
                request.add_done_callback(self._answered)
        self._sending = False
        if self._requests is None and not self._open:
            if self._failed is None:
                self._outcome.set_result(self._answer)
            else:
                follow(self._failed, self._outcome)

    def _count(self, request: Request[Any]) -> None:
        self._open -= 1
        is_failed = not request.cancelled() and request.exception() is not None
        if is_failed and self._failed is None:
            self._failed = request

    def _answered(self, request: Request[Any]) -> None:
        self._count(request)
        if not self._sending:
            self._go_on()
