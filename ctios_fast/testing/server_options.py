"""The options of a simulated CTI Server pair in tests, for both ways to run one."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final, Literal, NamedTuple, TypedDict, Unpack

from ctios_fast.protocol.naming import suggestion
from ctios_fast.sim.centre import CentreSettings
from ctios_fast.sim.plant import ConnectionIdForm, IdChange
from ctios_fast.sim.scenario import load_scenario
from ctios_fast.sim.side_roles import PairKind

from .cti_servers import CtiServerPair, start_in_process, start_process

__all__ = ["OPTIONS", "ServerOptions", "start_servers"]


class _Option(NamedTuple):
    """An option in its two forms.

    - ``setting``: the setting of ``CentreSettings``; ``convert`` makes it from the value.
    - ``flag``: the option of ``ctios-fast sim`` that takes the value, or the words for each value.
    """

    setting: str
    flag: str | Mapping[Any, tuple[str, ...]]
    convert: Callable[[Any], object] | None = None

    def words(self, value: Any) -> tuple[str, ...]:
        """The words of the command line that give the option this value."""
        return (self.flag, str(value)) if isinstance(self.flag, str) else self.flag[value]


class ServerOptions(TypedDict, total=False):
    """The keywords of ``start_servers`` and of the marker ``cti_server``, with the types of their values."""

    version: int
    agents: int
    first_agent: int
    first_extension: int
    scenario: str
    seed: int
    speed: float
    clock: Literal["real", "virtual"]
    disorder: int | None
    id_change: str
    connection_ids: str
    shared_consult_id: bool
    pair: PairKind
    takeover: float
    strict: bool


#: Options by name, beside ``process``, ``peripheral_id`` and ``client_password``.
OPTIONS: Final[Mapping[str, _Option]] = {
    "version": _Option("protocol_max", "--protocol-max"),
    "agents": _Option("agents", "--agents"),
    "first_agent": _Option("first_agent", "--first-agent"),
    "first_extension": _Option("first_extension", "--first-extension"),
    "scenario": _Option("scenario", "--scenario", load_scenario),
    "seed": _Option("seed", "--seed"),
    "speed": _Option("speed", "--speed"),
    "clock": _Option("virtual", "--clock", "virtual".__eq__),
    "disorder": _Option("disorder", "--disorder"),
    "id_change": _Option("id_change", "--id-change", IdChange),
    "connection_ids": _Option("connection_ids", "--connection-ids", ConnectionIdForm),
    "shared_consult_id": _Option("shared_consult_id", {True: ("--shared-consult-id",), False: ()}),
    "pair": _Option("pair", "--pair"),
    "takeover": _Option("takeover", "--takeover"),
    "strict": _Option("strict", {True: ("--strict",), False: ("--lenient",)}),
}

#: Options that a scenario decides.
_OF_AGENTS: Final = ("agents", "first_agent", "first_extension")
_CLOCKS: Final = ("real", "virtual")


def start_servers(
    *,
    process: bool = False,
    peripheral_id: int = CentreSettings().peripheral_id,
    client_password: str | None = None,
    **options: Unpack[ServerOptions],
) -> AbstractContextManager[CtiServerPair]:
    """A context manager that runs a simulated CTI Server pair.

    - ``process``: run it as a process of its own, rather than in a thread of this one.
    - ``peripheral_id``: the one PeripheralID that requests may name.
    - ``client_password``: ClientPassword that OPEN_REQ must carry; None accepts any.
    - ``options``: names and values of ``OPTIONS``.

    Raises ``TypeError`` for an unknown option and ``ValueError`` for a wrong value.
    """
    for name in options:
        if name not in OPTIONS:
            raise TypeError(f"there is no option {name!r}{suggestion(name, OPTIONS)}")
        if "scenario" in options and name in _OF_AGENTS:
            raise ValueError(f"{name} does not go with scenario, which has its own agents")
    clock = options.get("clock", "real")
    if clock not in _CLOCKS:
        raise ValueError(f"clock is {' or '.join(map(repr, _CLOCKS))}, not {clock!r}")
    if process:
        words = [word for name, value in options.items() for word in OPTIONS[name].words(value)]
        return start_process(words, peripheral_id, client_password)
    settings: dict[str, Any] = {}
    for name, value in options.items():
        option = OPTIONS[name]
        settings[option.setting] = value if option.convert is None else option.convert(value)
    return start_in_process(
        CentreSettings(peripheral_id=peripheral_id, client_password=client_password, **settings)
    )
