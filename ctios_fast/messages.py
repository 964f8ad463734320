"""The messages of GED-188 as classes: ``AgentStateEvent`` for AGENT_STATE_EVENT, and so on for all of them.

::

    session.on(AgentStateEvent, lambda event: print(event.agent_id, event.agent_state))

    request = SetAgentStateReq(
        25, invoke_id=1, peripheral_id=5000, agent_state=AgentState.NOT_READY, agent_work_mode=0,
        event_reason_code=12, agent_service_req=0, agent_instrument="3001", agent_id="1001",
    )
    transport.write(bytes(request))

``Codec.decode`` and the dispatcher give instances of these classes; a message without a published layout is a
plain ``Message``. ``help(SetAgentStateReq)`` shows the fields of a class with types, units, meanings and
versions. Properties have the reference's names in PEP 8 spelling. What a property gives:

===================  ====================================================================================
fixed field          int; bool for BOOL; the member of its enumeration, or an int where that has no member.
                     None if the protocol version, or the layout of this message, lacks the field
floating field       the same, str or bytes; None if it is absent or its data is not of its type
array, repeated      a tuple
group                a tuple of records, named after the group (``event.flt_skill_groups``)
named variables      ``named_variables`` and ``named_arrays``, mappings in the wire's order
TIME                 seconds since 1970-01-01 00:00 UTC; ``to_datetime`` converts them
===================  ====================================================================================

A constructor takes a protocol version or a ``Codec``, then the same names as keywords. It encodes at once and
raises ``EncodeError``, which names message and field. Counts are computed; the signature shows which fields
have defaults. ``Class.encode(version_or_codec, ...)`` gives the bytes alone.
"""

from datetime import UTC, datetime
from typing import Any

from ctios_fast.core.classes.base import TypedMessage
from ctios_fast.core.classes.factory import class_named, class_of
from ctios_fast.core.classes.named_variables import NamedArrays, NamedVariables
from ctios_fast.protocol.class_table import CLASSES

__all__ = ["MessageName", "NamedArrays", "NamedVariables", "TypedMessage", "class_of", "to_datetime"]
__all__ += list(CLASSES)

#: The name of a message, such as ``"AGENT_STATE_EVENT"``. The stub lists the names.
MessageName = str


def to_datetime(seconds: int) -> datetime:
    """The moment of a TIME field, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def __getattr__(name: str) -> Any:
    found = class_named(name)
    if found is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *CLASSES})
