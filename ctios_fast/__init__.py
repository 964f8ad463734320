"""ctios_fast: the object model of Cisco CTI OS over GED-188, the CTI Server protocol, on a compiled core.

::

    session = Session(client_id="wallboard")
    await session.connect(ctios_a="cg-a.example", ctios_b="cg-b.example")
    await session.set_agent(Agent("1001", 5000, agent_instrument="3001"))
    await session.current_agent.login()

Public: what this module names, and the modules ``errors``, ``enums``, ``keywords``, ``messages`` (a class
for each message), ``core`` (frames, codec), ``protocol`` (message numbers and enumerations), ``bulk``,
``records``, ``wireshark``, ``fleet`` and ``sim``.
"""

from ._version import __version__
from .connection.observer import FailureReason
from .connection.request_book import Request
from .connection.states import ConnectionState
from .enums import AgentState, CilCode
from .errors import (
    ConnectionFailed,
    ConnectionLost,
    ControlFailure,
    CtiOsError,
    MethodError,
    OpenRefused,
    ProtocolError,
    Refused,
    RequestRefused,
    RequestTimeout,
)
from .model.agents.agent import Agent
from .model.agents.reasons import CTIOS_FORCED_LOGOUT_REASON_CODE, CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE
from .model.arguments import Arguments
from .model.session import Session

__all__ = [
    "CTIOS_FORCED_LOGOUT_REASON_CODE",
    "CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE",
    "Agent",
    "AgentState",
    "Arguments",
    "CilCode",
    "ConnectionFailed",
    "ConnectionLost",
    "ConnectionState",
    "ControlFailure",
    "CtiOsError",
    "FailureReason",
    "MethodError",
    "OpenRefused",
    "ProtocolError",
    "Refused",
    "Request",
    "RequestRefused",
    "RequestTimeout",
    "Session",
    "__version__",
]
