"""The options of a simulated contact centre: their names, the values that they take, and the checks.

``CENTRE_OPTIONS`` is the one table for the command line and for tests, in both ways to run a simulator. So a
wrong value fails in the same way everywhere. ``checked_settings`` makes settings from options.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from ctios_fast._checks import shown
from ctios_fast.core import NEWEST_VERSION, OLDEST_VERSION
from ctios_fast.core.secret import Secret
from ctios_fast.protocol.naming import suggestion
from ctios_fast.sim.plant import MAX_AGENTS, ConnectionIdForm, IdChange
from ctios_fast.sim.plant.wire_limits import MAX_AGENT_ID, MAX_EXTENSION, MAX_PERIPHERAL_ID
from ctios_fast.sim.scenario import load_scenario

from .centre import CentreSettings
from .side_roles import PAIR_KINDS
from .sim_clocks import MAX_SPEED, MIN_SPEED

__all__ = ["CENTRE_OPTIONS", "CentreOption", "Integer", "Number", "OneOf", "checked_settings", "conflict"]

_MAX_SEED: Final = (1 << 64) - 1
_MAX_TAKEOVER: Final = 3600.0
_DEFAULTS: Final = CentreSettings()
_MAX_SHOWN: Final = 60
"""Characters of a wrong value in an error."""


class Kind(Protocol):
    """What values an option takes."""

    @property
    def expected(self) -> str:
        """The values, for errors."""

    def has_type(self, value: object) -> bool:
        """Return whether a value has the right type."""

    def allows(self, value: Any) -> bool:
        """Return whether a value of the right type is one of the values."""

    def parse(self, text: str) -> object:
        """Return the value that a word of the command line stands for. Raises ValueError."""


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer in a range, both ends included."""

    minimum: int
    maximum: int

    @property
    def bounds(self) -> str:
        """The range."""
        return f"{self.minimum} to {self.maximum}"

    @property
    def expected(self) -> str:
        """The type and the range."""
        return f"an integer, {self.bounds}"

    def has_type(self, value: object) -> bool:
        """Return False for bool too."""
        return isinstance(value, int) and not isinstance(value, bool)

    def allows(self, value: Any) -> bool:
        """Return whether the value is in the range."""
        return bool(self.minimum <= value <= self.maximum)

    def parse(self, text: str) -> object:
        """Return the number."""
        return int(text)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a range, both ends included; NaN is in none."""

    minimum: float
    maximum: float

    @property
    def bounds(self) -> str:
        """The range."""
        return f"{self.minimum:g} to {self.maximum:g}"

    @property
    def expected(self) -> str:
        """The type and the range."""
        return f"a number, {self.bounds}"

    def has_type(self, value: object) -> bool:
        """Return True for int and float, and False for bool."""
        return isinstance(value, int | float) and not isinstance(value, bool)

    def allows(self, value: Any) -> bool:
        """Return whether the value is in the range."""
        return bool(self.minimum <= value <= self.maximum)

    def parse(self, text: str) -> object:
        """Return the number."""
        return float(text)


@dataclass(frozen=True, slots=True)
class Flag:
    """True or False. On the command line it has no value."""

    expected: str = "True or False"

    def has_type(self, value: object) -> bool:
        """Return True for bool."""
        return isinstance(value, bool)

    def allows(self, value: Any) -> bool:
        """Return True."""
        return True

    def parse(self, text: str) -> object:
        """Return whether the word is "True"."""
        return text == "True"


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    @property
    def expected(self) -> str:
        """The words."""
        *some, last = map(repr, self.words)
        return f"{', '.join(some)} or {last}"

    def has_type(self, value: object) -> bool:
        """Return True for str."""
        return isinstance(value, str)

    def allows(self, value: Any) -> bool:
        """Return whether the value is one of the words."""
        return value in self.words

    def parse(self, text: str) -> object:
        """Return the word."""
        return text


@dataclass(frozen=True, slots=True)
class Text:
    """A text without NUL. ``expected``: what it is."""

    expected: str

    def has_type(self, value: object) -> bool:
        """Return True for str and Secret."""
        return isinstance(value, str | Secret)

    def allows(self, value: Any) -> bool:
        """Return whether the text can be a word of a command line."""
        return "\0" not in (value.reveal() if isinstance(value, Secret) else value)

    def parse(self, text: str) -> object:
        """Return the text."""
        return text


@dataclass(frozen=True, slots=True)
class CentreOption:
    """An option.

    - ``setting``: the setting of ``CentreSettings`` that takes it.
    - ``flag``: the option of ``ctios-fast sim`` that takes the value, or the words for each value.
    - ``kind``: its values.
    - ``optional``: whether None is a value too, which is the default.
    - ``secret``: whether its value is in no error.
    - ``convert``: makes the setting from the value.
    """

    setting: str
    flag: str | Mapping[bool, tuple[str, ...]]
    kind: Kind
    optional: bool = False
    secret: bool = False
    convert: Callable[[Any], object] | None = None

    @property
    def expected(self) -> str:
        """Its values, for errors."""
        return f"{self.kind.expected}, or None" if self.optional else self.kind.expected

    def fault(self, value: object) -> Exception | None:
        """Return the TypeError or ValueError for a wrong value; None for a right one.

        Its text follows the name of the option.
        """
        if value is None and self.optional:
            return None
        if not self.kind.has_type(value):
            given = f"a value of type {type(value).__name__}" if self.secret else _shown_briefly(value)
            return TypeError(f"must be {self.expected}, got {given}")
        if not self.kind.allows(value):
            given = "another one" if self.secret else _shown_briefly(value)
            return ValueError(f"must be {self.expected}, got {given}")
        return None

    def parsed(self, text: str) -> object:
        """Return the value that a word of the command line stands for.

        Raises ValueError, whose text follows the name of the option.
        """
        try:
            value = self.kind.parse(text)
        except ValueError:
            value = text  # of the wrong type
        fault = self.fault(value)
        if fault is not None:
            raise ValueError(str(fault))
        return value

    def words(self, value: Any) -> tuple[str, ...]:
        """Return the words of the command line that give the option a right value."""
        if value is None:
            return ()
        return self.flag[value] if isinstance(self.flag, Mapping) else (self.flag, str(value))


def _shown_briefly(value: object) -> str:
    """Return a value as errors show it, in one short line."""
    text = shown(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def _words_of(enumeration: type[IdChange] | type[ConnectionIdForm]) -> OneOf:
    return OneOf(tuple(member.value for member in enumeration))


#: By name.
CENTRE_OPTIONS: Final[Mapping[str, CentreOption]] = {
    "version": CentreOption("protocol_max", "--protocol-max", Integer(OLDEST_VERSION, NEWEST_VERSION)),
    "peripheral_id": CentreOption("peripheral_id", "--peripheral", Integer(0, MAX_PERIPHERAL_ID)),
    "agents": CentreOption("agents", "--agents", Integer(0, MAX_AGENTS)),
    "first_agent": CentreOption("first_agent", "--first-agent", Integer(0, MAX_AGENT_ID)),
    "first_extension": CentreOption("first_extension", "--first-extension", Integer(0, MAX_EXTENSION)),
    "client_password": CentreOption(
        "client_password", "--password", Text("a text without NUL"), optional=True, secret=True
    ),
    "scenario": CentreOption(
        "scenario",
        "--scenario",
        Text("the name of a ready scenario or the path of a TOML file"),
        optional=True,
        convert=load_scenario,
    ),
    "seed": CentreOption("seed", "--seed", Integer(0, _MAX_SEED)),
    "speed": CentreOption("speed", "--speed", Number(MIN_SPEED, MAX_SPEED)),
    "clock": CentreOption("virtual", "--clock", OneOf(("real", "virtual")), convert="virtual".__eq__),
    "disorder": CentreOption("disorder", "--disorder", Integer(0, _MAX_SEED), optional=True),
    "id_change": CentreOption("id_change", "--id-change", _words_of(IdChange), convert=IdChange),
    "connection_ids": CentreOption(
        "connection_ids", "--connection-ids", _words_of(ConnectionIdForm), convert=ConnectionIdForm
    ),
    "shared_consult_id": CentreOption(
        "shared_consult_id", {True: ("--shared-consult-id",), False: ()}, Flag()
    ),
    "pair": CentreOption("pair", "--pair", OneOf(PAIR_KINDS)),
    "takeover": CentreOption("takeover", "--takeover", Number(0.0, _MAX_TAKEOVER)),
    "strict": CentreOption("strict", {True: ("--strict",), False: ("--lenient",)}, Flag()),
}

#: Options with the first of the agents' numbers, and the largest number.
_NUMBERED: Final = {"first_agent": MAX_AGENT_ID, "first_extension": MAX_EXTENSION}


def conflict(given: Mapping[str, Any], named: Callable[[str], str] = str) -> str | None:
    """Return a sentence if options do not go together, None if all do.

    ``given``: names and right values of the options that were given; the others have their defaults.
    ``named``: returns an option's name as the sentence has it.
    """
    if given.get("scenario") is not None:
        for name in ("agents", *_NUMBERED):
            if name in given:
                return f"{named(name)} does not go with {named('scenario')}, which has its own agents"
    if given.get("clock") == "virtual" and given.get("speed", 1.0) != 1.0:
        return (
            f"{named('speed')} does not go with {named('clock')} virtual, which moves by the command advance "
            "only"
        )
    agents = given.get("agents", _DEFAULTS.agents)
    for name, maximum in _NUMBERED.items():
        first = given.get(name, getattr(_DEFAULTS, name))
        if first + max(agents, 1) - 1 > maximum:
            return (
                f"{named(name)} and {named('agents')} must give numbers up to {maximum}, got {agents} "
                f"numbers from {first}"
            )
    return None


def checked_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of ``CentreSettings`` for options.

    ``given``: names and values of the options that were given.

    Raises TypeError for an unknown option or a value of the wrong type, and ValueError for another wrong
    value or options that do not go together. The text names the option, what is expected and what was given.
    """
    settings: dict[str, Any] = {}
    for name, value in given.items():
        option = CENTRE_OPTIONS.get(name)
        if option is None:
            near = suggestion(name, CENTRE_OPTIONS) or f"; the options are {', '.join(CENTRE_OPTIONS)}"
            raise TypeError(f"there is no option {name!r}{near}")
        fault = option.fault(value)
        if fault is not None:
            raise type(fault)(f"{name} {fault}")
        settings[option.setting] = value
    sentence = conflict(given)
    if sentence is not None:
        raise ValueError(sentence)
    for name, value in given.items():
        convert = CENTRE_OPTIONS[name].convert
        if convert is not None and value is not None:
            settings[CENTRE_OPTIONS[name].setting] = convert(value)
    return settings
