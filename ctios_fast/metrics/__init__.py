"""The counters of sessions as metrics of Prometheus. Needs the extra ``metrics``."""

from .session_collector import SessionCollector

__all__ = ["SessionCollector"]
