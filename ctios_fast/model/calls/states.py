"""States of a connection: LocalConnectionState of the protocol, CallStatus of CTI OS."""

from typing import Final

from ctios_fast.protocol.codes import (
    LCS_ALERTING,
    LCS_CONNECT,
    LCS_FAIL,
    LCS_HOLD,
    LCS_INITIATE,
    LCS_NONE,
    LCS_NULL,
    LCS_QUEUED,
)

__all__ = [
    "ALERTING",
    "CONNECT",
    "FAIL",
    "HOLD",
    "INITIATE",
    "NULL",
    "QUEUED",
    "UNSTATED",
]

NULL: Final = LCS_NULL
INITIATE: Final = LCS_INITIATE
ALERTING: Final = LCS_ALERTING
CONNECT: Final = LCS_CONNECT
HOLD: Final = LCS_HOLD
QUEUED: Final = LCS_QUEUED
FAIL: Final = LCS_FAIL
#: Of an event that does not state one.
UNSTATED: Final = LCS_NONE
