"""The pytest plugin: fixtures with a simulated CTI Server pair. pytest loads it by its entry point.

It is loaded in every run of pytest where the package is installed. Therefore it imports the simulator only in
a test that uses one.
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from .testing import CtiServer, CtiServerPair, ServerControl


__all__ = ["StartCtiServers"]

#: Starts a simulated CTI Server pair with the options of the marker, until the test ends.
StartCtiServers = Callable[..., "CtiServerPair"]

MARKER: Final = "cti_server"
_SEED: Final = "--cti-seed"
_AS_PROCESS: Final = "--cti-process"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the plugin."""
    group = parser.getgroup("ctios_fast", "simulated CTI Servers")
    group.addoption(_SEED, type=_seed, default=0, metavar="N", help="seed of the simulated contact centres")
    group.addoption(
        _AS_PROCESS, action="store_true", help="run each simulated contact centre as a process of its own"
    )


def _seed(text: str) -> object:
    """The value of the option. Raises the error that pytest reports."""
    from .sim.centre_options import CENTRE_OPTIONS

    try:
        return CENTRE_OPTIONS["seed"].parsed(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(**options): the simulated CTI Server pair of a test, such as version=24, agents=50, "
        "scenario='small', clock='virtual', process=True; docs/testing.md lists them",
    )


@pytest.fixture
def start_cti_servers(request: pytest.FixtureRequest) -> Iterator[StartCtiServers]:
    """A function that starts a simulated CTI Server pair; its keywords are the options of the marker.

    Each pair runs until the test ends.
    """
    from .core.secret import Secret
    from .testing import start_servers

    config = request.config
    defaults = {"seed": config.getoption(_SEED), "process": config.getoption(_AS_PROCESS)}
    with ExitStack() as running:

        def start(**options: Any) -> "CtiServerPair":
            if isinstance(options.get("client_password"), str):
                options["client_password"] = Secret(options["client_password"])  # for tracebacks
            return running.enter_context(start_servers(**{**defaults, **options}))

        yield start


@pytest.fixture
def cti_server_pair(request: pytest.FixtureRequest, start_cti_servers: StartCtiServers) -> "CtiServerPair":
    """A simulated CTI Server pair with the options of the test's ``cti_server`` markers."""
    options: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers(MARKER))):  # the closest one counts
        if marker.args:
            pytest.fail(f"the marker {MARKER} takes keywords, such as agents=50", pytrace=False)
        options.update(marker.kwargs)
    try:
        return start_cti_servers(**options)
    except (TypeError, ValueError) as error:
        pytest.fail(f"marker {MARKER}: {error}", pytrace=False)


@pytest.fixture
def cti_server(cti_server_pair: "CtiServerPair") -> "CtiServer":
    """The side that is active at first, for programs that know one CTI Server."""
    return cti_server_pair.a


@pytest.fixture
def cti_control(cti_server_pair: "CtiServerPair") -> "ServerControl":
    """Commands to the contact centre of ``cti_server`` and ``cti_server_pair``."""
    return cti_server_pair.control
