"""The options of a simulated CTI Server pair in tests, for both ways to run one."""

from contextlib import AbstractContextManager
from typing import Literal, TypedDict, Unpack

from ctios_fast.core.secret import Secret
from ctios_fast.sim.centre import CentreSettings
from ctios_fast.sim.centre_options import CENTRE_OPTIONS, checked_settings
from ctios_fast.sim.side_roles import PairKind

from .cti_servers import CtiServerPair, start_in_process, start_process

__all__ = ["ServerOptions", "start_servers"]


class ServerOptions(TypedDict, total=False):
    """The keywords of ``start_servers`` and of the marker ``cti_server``, with the types of their values."""

    version: int
    agents: int
    first_agent: int
    first_extension: int
    scenario: str | None
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


def start_servers(
    *,
    process: bool = False,
    peripheral_id: int = CentreSettings().peripheral_id,
    client_password: str | Secret | None = None,
    **options: Unpack[ServerOptions],
) -> AbstractContextManager[CtiServerPair]:
    """A context manager that runs a simulated CTI Server pair.

    - ``process``: run it as a process of its own, rather than in a thread of this one.
    - ``peripheral_id``: the one PeripheralID that requests may name.
    - ``client_password``: ClientPassword that OPEN_REQ must carry; None accepts any.
    - ``options``: names and values of ``ctios_fast.sim.centre_options.CENTRE_OPTIONS``.

    Raises ``TypeError`` for an unknown option or a value of the wrong type, and ``ValueError`` for another
    wrong value or options that do not go together, whatever ``process`` is.
    """
    if isinstance(client_password, str):
        client_password = Secret(client_password)  # no traceback of an error below may show it
    if not isinstance(process, bool):
        raise TypeError(f"process must be True or False, got {process!r}")
    settings = checked_settings(
        {"peripheral_id": peripheral_id, "client_password": client_password, **options}
    )
    if process:
        words = [word for name, value in options.items() for word in CENTRE_OPTIONS[name].words(value)]
        return start_process(words, peripheral_id, client_password)
    return start_in_process(CentreSettings(**settings))
