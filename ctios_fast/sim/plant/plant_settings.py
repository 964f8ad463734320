"""How a plant behaves where peripherals differ."""

from dataclasses import dataclass
from enum import Enum

__all__ = ["ConnectionIdForm", "IdChange", "PlantSettings"]


class IdChange(Enum):
    """How clients learn the ids of a call that a conference or a transfer makes of two."""

    UPDATE = "update"
    """The first call's id stays. CALL_DATA_UPDATE_EVENT renames the connections of the second call."""
    EVENT = "event"
    """The result has a third id, which the conference or transfer event gives with its connected parties."""
    BEGIN_END = "begin-end"
    """The result has a third id: BEGIN_CALL_EVENT for the new connections, END_CALL_EVENT for the old."""


class ConnectionIdForm(Enum):
    """The form of ConnectionDeviceIDs."""

    STATIC = "static"
    """The device's number, the same in every call of the device."""
    DYNAMIC = "dynamic"
    """The device's number, a dot and a serial number."""
    OPAQUE = "opaque"
    """Sixteen hexadecimal digits that say nothing of the device."""


@dataclass(frozen=True, slots=True)
class PlantSettings:
    """Settings of a plant.

    ``id_change``: how ids change in conferences and transfers.
    ``connection_ids``: the form of ConnectionDeviceIDs.
    ``shared_consult_id``: a consult call has the ConnectionCallID of the call that it was made from.
    ``external_answer_time``: seconds after which an outside number answers; None: only on demand.
    ``route_time``: seconds from AGENT_PRE_CALL_EVENT to the delivery of the call.
    ``rtp``: whether agent devices report RTP streams.
    ``max_conference``: parties of a conference.
    ``disorder``: seed for the permitted orders of events that belong together; None: the usual order.
    """

    id_change: IdChange = IdChange.UPDATE
    connection_ids: ConnectionIdForm = ConnectionIdForm.STATIC
    shared_consult_id: bool = False
    external_answer_time: float | None = 1.0
    route_time: float = 0.0
    rtp: bool = True
    max_conference: int = 16
    disorder: int | None = None
