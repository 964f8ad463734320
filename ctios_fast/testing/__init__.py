"""For tests of other people's programs: a simulated CTI Server pair beside a test, and checks of events.

The fixtures of ``ctios_fast.pytest_plugin`` return what is defined here. ``sync`` has the checks of events
for sessions of ``ctios_fast.sync``.
"""

from .cti_servers import CtiServer, CtiServerPair
from .event_log import EventLog
from .server_control import ServerControl
from .server_options import start_servers

__all__ = ["CtiServer", "CtiServerPair", "EventLog", "ServerControl", "start_servers"]
