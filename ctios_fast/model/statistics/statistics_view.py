"""Statistics: the figures of one answer about an agent or a skill group, read from its frame when needed.

A frame takes a tenth of the memory of a dict with its 145 figures, and most figures are never read.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from ctios_fast.core import Codec, Message
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.protocol import numbers as ged

from .formulas import AGENT_FORMULAS, SKILL_GROUP_FORMULAS, Formula

__all__ = ["IDENTITY", "UNKNOWN_FIGURE", "Statistics"]

#: What a server sends for a figure that is unknown or not available.
UNKNOWN_FIGURE: Final = 0xFFFFFFFF
#: Fields that say what the statistics are about rather than count something.
IDENTITY: Final = frozenset({"InvokeID", "PeripheralID", "SkillGroupNumber", "SkillGroupID"})
_FORMULAS: Final[Mapping[int, Mapping[str, Formula]]] = {
    ged.QUERY_AGENT_STATISTICS_CONF: AGENT_FORMULAS,
    ged.QUERY_SKILL_GROUP_STATISTICS_CONF: SKILL_GROUP_FORMULAS,
}
#: Layouts whose names are kept: two messages in each version.
_MAX_LAYOUTS: Final = 64


class Statistics(Mapping[str, "int | None"]):
    """The figures of an agent (84) or a skill group (145), by their names in the reference.

    Times are in seconds. A figure that the server does not know is None. A name is found in any case.
    ``computed`` has the figures that are computed from them; ``arguments`` has all as CTI OS has them.

    - ``codec``: of the session.
    - ``message``: QUERY_AGENT_STATISTICS_CONF or QUERY_SKILL_GROUP_STATISTICS_CONF.
    """

    __slots__ = ("_codec", "_frame")

    def __init__(self, codec: Codec, message: Message) -> None:
        self._codec = codec
        self._frame = message.frame

    def __getitem__(self, name: str) -> int | None:
        message = self._codec.decode(self._frame)
        field = _names(self._codec, message.type).get(name.strip().lower()) if isinstance(name, str) else None
        if field is None:
            raise KeyError(name)
        return _known(message[field])

    def __iter__(self) -> Iterator[str]:
        return iter(_names(self._codec, self._codec.decode(self._frame).type).values())

    def __len__(self) -> int:
        return len(_names(self._codec, self._codec.decode(self._frame).type))

    def __repr__(self) -> str:
        return f"Statistics({dict(self)})"

    @property
    def computed(self) -> dict[str, float | int | None]:
        """The figures that CTI OS's desktop computes: 11 of an agent, 21 of a skill group.

        A division by 0 gives 0. A figure is None where one that it is computed from is unknown.
        """
        message = self._codec.decode(self._frame)
        formulas = _FORMULAS[message.type]

        def field(name: str) -> int | None:
            return _known(message[name])

        return {name: formula.value(field) for name, formula in formulas.items()}

    def numbers(self) -> dict[str, int]:
        """A new dict of all figures as the server sent them: an unknown one is 4294967295."""
        message = self._codec.decode(self._frame)
        fields = message.fixed()
        return {name: fields[name] for name in _names(self._codec, message.type).values()}

    def arguments(self) -> Arguments:
        """``numbers`` as Arguments."""
        return arguments_over(self.numbers())


def _known(value: int) -> int | None:
    return None if value == UNKNOWN_FIGURE else value


@lru_cache(_MAX_LAYOUTS)
def _names(codec: Codec, number: int) -> dict[str, str]:
    # The names of the figures by their lower case.
    layout = codec.describe(number)
    assert layout is not None
    return {each.name.lower(): each.name for each in layout.fixed if each.name not in IDENTITY}
