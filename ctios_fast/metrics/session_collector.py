"""A collector for ``prometheus_client``: it reads ``Session.counters()`` when metrics are collected."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from ctios_fast import Session
from ctios_fast.errors import MissingExtra

if TYPE_CHECKING:
    from prometheus_client import Metric

__all__ = ["GAUGES", "SessionCollector"]

_SECONDS: Final = frozenset({"lag", "lag_max", "turn_max"})

#: Counters that are not totals: Prometheus calls them gauges.
GAUGES: Final = _SECONDS | {"open_requests"}


class SessionCollector:
    """Metrics of sessions, for ``prometheus_client.REGISTRY.register(collector)``.

    - ``prefix``: begins the name of every metric.

    Each counter of ``Session.counters()`` is a metric with the label ``session``, such as
    ``ctios_fast_frames_total``, ``ctios_fast_open_requests`` and ``ctios_fast_lag_seconds``.
    ``ctios_fast_open`` is 1 while the session is open, and ``ctios_fast_objects`` has the number of its
    agents and calls, by ``kind``. A session that the program drops is not kept alive. Any thread may collect.

    Raises ``MissingExtra`` where prometheus_client is not installed.
    """

    def __init__(self, prefix: str = "ctios_fast") -> None:
        try:
            import prometheus_client.core
        except ImportError as error:
            raise MissingExtra("metrics need prometheus_client: pip install 'ctios_fast[metrics]'") from error
        self._families: Final = prometheus_client.core
        self._prefix: Final = prefix
        self._sessions: Final[WeakValueDictionary[str, Session]] = WeakValueDictionary()

    def add(self, name: str, session: Session) -> None:
        """Collect from a session as well.

        - ``name``: value of the label ``session``. Another session of that name is replaced.
        """
        self._sessions[name] = session

    def collect(self) -> "Iterator[Metric]":
        """The metrics of this moment. Called by ``prometheus_client``."""
        sessions = sorted(self._sessions.items())
        is_open = self._families.GaugeMetricFamily(
            f"{self._prefix}_open", "1 while the session is open", labels=["session"]
        )
        objects = self._families.GaugeMetricFamily(
            f"{self._prefix}_objects", "Agents and calls that the session knows", labels=["session", "kind"]
        )
        families: dict[str, Metric] = {}
        for name, session in sessions:
            is_open.add_metric([name], float(session.is_open))
            for kind, known in (("agent", session.agents), ("call", session.calls)):
                objects.add_metric([name, kind], len(known))
            for counter, value in session.counters().items():
                if counter not in families:
                    families[counter] = self._family(counter)
                families[counter].add_metric([name], value)  # type: ignore[attr-defined]
        yield is_open
        yield objects
        yield from families.values()

    def _family(self, counter: str) -> "Metric":
        is_gauge = counter in GAUGES
        make = self._families.GaugeMetricFamily if is_gauge else self._families.CounterMetricFamily
        unit = "_seconds" if counter in _SECONDS else ""
        text = f"{counter} of Session.counters()"
        family: Metric = make(f"{self._prefix}_{counter}{unit}", text, labels=["session"])
        return family
