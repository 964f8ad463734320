"""MonitorStart and MonitorStop: the requests that start and stop one monitor, and keep the table up to date.

The program may start monitors by ``Session.request`` too: their events are a monitor's as well.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.errors import ConnectionLost, Refused, RequestTimeout
from ctios_fast.model.object_request import not_reported
from ctios_fast.protocol import numbers as ged

from .monitor_table import Monitor, MonitorKind, Monitors

__all__ = ["MonitorStart", "MonitorStop", "raw_request"]

#: Requests that start a monitor, and those that stop one.
_STARTS: Final = frozenset({ged.MONITOR_START_REQ, ged.MONITOR_AGENT_TEAM_START_REQ})
_STOPS: Final = frozenset({ged.MONITOR_STOP_REQ, ged.MONITOR_AGENT_TEAM_STOP_REQ})


class MonitorStart(Request[Any]):
    """A request to start a monitor; the answer is the confirmation.

    - ``monitor``: what is started.
    - ``started``: called with the monitor once the server has confirmed it, None for nothing.
    - ``refused``: called with a refusal; returns whether a listener heard of it.
    - ``not_started``: called before that, and if the request fails otherwise; None for nothing.
    - ``doubled``: called with the MonitorID of a second monitor: the server has confirmed an earlier request
      for the monitor too late for that one, and then this request as well. None for nothing.
    - ``is_wanted_after_failure``: whether the monitor is to be started again if this request fails.
    """

    __slots__ = (
        "_doubled",
        "_is_wanted_after_failure",
        "_monitor",
        "_monitors",
        "_not_started",
        "_refused",
        "_started",
    )

    def __init__(
        self,
        label: str,
        monitors: Monitors,
        monitor: Monitor,
        *,
        started: Callable[[Monitor], object] | None = None,
        refused: Callable[[Refused], bool] = not_reported,
        not_started: Callable[[], object] | None = None,
        doubled: Callable[[int], object] | None = None,
        is_wanted_after_failure: bool = False,
    ) -> None:
        self.label = label
        self._monitors = monitors
        self._monitor = monitor
        self._is_wanted_after_failure = is_wanted_after_failure
        self._started = started
        self._not_started = not_started
        self._doubled = doubled
        self._refused = refused

    def sent(self) -> None:
        """The request is on its way, unless it has failed already."""
        if not self.done():
            self._monitors.starting[self._monitor] = self

    def confirmed(self, message: Message) -> None:
        """The monitor exists, even if the request was cancelled meanwhile. Called by the request book."""
        monitors, monitor, monitor_id = self._monitors, self._monitor, message["MonitorID"]
        if monitor.monitor_id in (None, monitor_id):
            monitors.started(monitor, monitor_id)
        else:
            monitors.not_started(monitor)  # a second time
            if self._doubled is not None:
                self._doubled(monitor_id)
        if self._started is not None:
            self._started(self._monitor)
        self.set_result(message)

    def failed(self, error: BaseException) -> None:
        """There is no monitor, or the server has not confirmed it in time. Called by the request book."""
        self._monitors.not_started(self._monitor)
        if self._monitor.monitor_id is not None:
            # The server has confirmed an earlier request for the monitor, too late for that one.
            if self._started is not None:
                self._started(self._monitor)
            self.set_result(None)
            return
        if not self._is_wanted_after_failure:
            self._monitors.unwant(self._monitor)
        if isinstance(error, RequestTimeout):
            self._monitors.note_late(self.invoke_id, self._monitor)
        if self._not_started is not None:
            self._not_started()
        if isinstance(error, Refused) and self._refused(error):
            self.reported()
        self.set_exception(error)


class MonitorStop(Request[Message]):
    """A request to stop a monitor; the answer is the confirmation.

    - ``monitor_id``: the monitor. It is over when the server answers, also by a refusal: it is unknown then.
      It is over with the connection too.
    - ``stopped``: called when it is over, None for nothing.
    - ``refused``: as in ``MonitorStart``.
    - ``not_stopped``: called if it may go on, as after a time-out; None for nothing. If the confirmation
      comes nevertheless, ``stopped`` is called then.
    """

    __slots__ = ("_monitor_id", "_monitors", "_not_stopped", "_refused", "_stopped")

    def __init__(
        self,
        label: str,
        monitors: Monitors,
        monitor_id: int,
        *,
        stopped: Callable[[], object] | None = None,
        refused: Callable[[Refused], bool] = not_reported,
        not_stopped: Callable[[], object] | None = None,
    ) -> None:
        self.label = label
        self._monitors = monitors
        self._monitor_id = monitor_id
        self._stopped = stopped
        self._refused = refused
        self._not_stopped = not_stopped

    def confirmed(self, message: Message) -> None:
        """The monitor is over. Called by the request book."""
        self._over()
        self.set_result(message)

    def failed(self, error: BaseException) -> None:
        """The server does not know the monitor, or has not answered. Called by the request book."""
        if isinstance(error, Refused | ConnectionLost):
            self._over()
        elif self._not_stopped is not None:
            self._not_stopped()
        if isinstance(error, RequestTimeout):
            self._monitors.note_late_stop(self.invoke_id, self._over)
        if isinstance(error, Refused) and self._refused(error):
            self.reported()
        self.set_exception(error)

    def _over(self) -> None:
        self._monitors.ended(self._monitor_id)
        if self._stopped is not None:
            self._stopped()


def raw_request(monitors: Monitors, number: int, fields: Mapping[str, int]) -> "Request[Any] | None":
    """The request that a program sends by number, if it starts or stops a monitor; None for any other.

    - ``number``: the message's number.
    - ``fields``: its fixed fields, under the reference's names.
    """
    if number in _STARTS:
        return MonitorStart(ged.NAMES[number], monitors, Monitor(MonitorKind.OTHER, None))
    if number in _STOPS and isinstance(fields.get("MonitorID"), int):
        return MonitorStop(ged.NAMES[number], monitors, fields["MonitorID"])
    return None
