"""The public filter: which frames are wanted, decided in C before any Python object exists.

::

    FrameFilter(25, AGENT_STATE_EVENT, {"AgentID": {"1001", "1002"}, "AgentState": 3})
    FrameFilter.parse("MessageId=30;AgentId=5128,10*", 25)      # a message filter string of CTI OS
"""

from ctios_fast.core.scan import frame_filter
from ctios_fast.core.scan.frame_filter import Selection

__all__ = ["FrameFilter", "Selection"]


class FrameFilter(frame_filter.FrameFilter):
    """Accepts the frames of some messages whose fields meet some conditions.

    ``version``: protocol version of the frames.

    ``messages``: messages that are accepted, one or several, each as number, name or class; None accepts all.

    ``where``: conditions by field name. All of them have to hold. A condition is

    - a value: an int, or a str for a field of text;
    - a ``range`` of numbers;
    - a tuple of an operator and its operand, as in ``("<", 10)``. The operators are ``==``, ``!=``, ``<``,
      ``<=``, ``>``, ``>=``, ``in``, ``not in`` and ``prefix``;
    - a set or list of conditions, of which one has to hold.

    ``encoding``: text encoding of the frames, as for ``Codec``.

    ``first | second`` accepts what one of the two filters accepts.

    A message without the field meets no condition on it; neither does one whose number has another width
    there. Text is compared up to its first NUL. If a field repeats in the frame or holds an array, one value
    that meets the condition is enough; of any other field the first occurrence counts, as in
    ``message[name]``.

    A malformed frame is accepted if a frame of its message could be, so that the decoder can report it.

    Raises ``ValueError`` for a message or field that does not exist in this version: each message that is
    named must list each field; with ``messages`` None, one must. Raises ``TypeError`` for a field that cannot
    be compared with the value.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, version: int, *, encoding: str | None = None) -> "FrameFilter":
        """The filter that a CTI OS message filter string describes; see ``ctios_fast.model.filter_strings``.

        ``text``: the filter string. ``version``: protocol version of the frames. ``encoding``: their text
        encoding, as for ``Codec``.

        Raises ``FilterSyntaxError``, which shows the place of the fault in the text.
        """
        from ctios_fast.model.filter_strings import parse

        return cls.of_rules(version, (parse(text, version, encoding),))
