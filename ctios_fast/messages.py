"""The messages of GED-188 as classes: ``AgentStateEvent`` for AGENT_STATE_EVENT, and so on for all of them.

::

    session.on(AgentStateEvent, lambda event: print(event.agent_id, event.agent_state))
    request = SetAgentStateReq(25, invoke_id=1, peripheral_id=5000, agent_state=AgentState.READY, ...)
    transport.write(bytes(request))

A class is made when it is first looked up here, and from then on ``Codec.decode`` and the dispatcher give
its instances; messages whose class nobody asked for stay plain ``Message``. Properties have the reference's
names in PEP 8 spelling. What a property gives:

===================  ====================================================================================
fixed field          int; bool for BOOL; the member of its enumeration, a value without member as int.
                     None where the protocol version, or the layout that came, lacks the field
floating field       the same, str or bytes; None where it is absent or its data is not of its type
array, repeated      a tuple
group                a tuple of records, named after the group (``event.flt_skill_groups``)
named variables      ``named_variables`` and ``named_arrays``, mappings in the wire's order
TIME                 seconds since 1970-01-01 00:00 UTC; ``to_datetime`` converts them
===================  ====================================================================================

A constructor takes a protocol version or a ``Codec``, then the same names as keywords. It encodes at once and
raises ``EncodeError`` naming message and field; counts are computed. ``protocol.defaults`` lists what need
not be given. ``Class.encode(version_or_codec, ...)`` gives the bytes alone.
"""

from datetime import UTC, datetime
from typing import Any

from ctios_fast.core.classes.base import TypedMessage
from ctios_fast.core.classes.factory import make_class
from ctios_fast.core.classes.named_variables import NamedArrays, NamedVariables
from ctios_fast.protocol.class_table import CLASSES

_BY_NUMBER = {row[0]: name for name, row in CLASSES.items()}

__all__ = ["NamedArrays", "NamedVariables", "TypedMessage", "class_of", "to_datetime", *CLASSES]


def to_datetime(seconds: int) -> datetime:
    """The moment of a TIME field, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def class_of(number: int) -> type[TypedMessage] | None:
    """The class of a message number, None where no layout is published."""
    name = _BY_NUMBER.get(number)
    if name is None:
        return None
    made: type[TypedMessage] = globals().get(name) or __getattr__(name)
    return made


def __getattr__(name: str) -> Any:
    row = CLASSES.get(name)
    if row is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    made = globals()[name] = make_class(name, row, __name__)
    return made


def __dir__() -> list[str]:
    return sorted({*globals(), *CLASSES})
