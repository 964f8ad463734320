"""ctios_fast: the object model of Cisco CTI OS over GED-188, the CTI Server protocol, on a compiled core.

::

    session = Session(client_id="wallboard")
    await session.connect(ctios_a="cg-a.example", ctios_b="cg-b.example")
    await session.set_agent(Agent("1001", 5000, agent_instrument="3001"))
    await session.current_agent.login()

Public: what this module names, and the submodules ``messages`` (a class for each message), ``core``
(frames, codec), ``protocol`` (message numbers and enumerations), ``keywords``, ``reasons``, ``errors``,
``transcript``, ``columns``, ``capture``, ``dissector`` and ``sim``.
"""

from ._version import __version__
from .agent import Agent
from .arguments import Arguments
from .connection.observer import FailureReason
from .connection.requests import Request
from .connection.states import ConnectionState
from .errors import (
    CilError,
    ConnectionFailed,
    ConnectionLost,
    ControlFailure,
    CtiOsError,
    MethodError,
    OpenRefused,
    ProtocolError,
    RequestRefused,
    RequestTimeout,
)
from .reasons import CTIOS_FORCED_LOGOUT_REASON_CODE, CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE
from .session import Session

__all__ = [
    "CTIOS_FORCED_LOGOUT_REASON_CODE",
    "CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE",
    "Agent",
    "Arguments",
    "CilError",
    "ConnectionFailed",
    "ConnectionLost",
    "ConnectionState",
    "ControlFailure",
    "CtiOsError",
    "FailureReason",
    "MethodError",
    "OpenRefused",
    "ProtocolError",
    "Request",
    "RequestRefused",
    "RequestTimeout",
    "Session",
    "__version__",
]
