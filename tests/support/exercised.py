"""Records whether tests with a ``covers`` mark exercise what they name, for ``pytest --exercised``.

A method counts as exercised when it is called, and an event when it is fired with a listener. Properties and
error codes are not recorded: an attribute of an object can be read without any call.
"""

import functools
import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import pytest

import ctios_fast
from ctios_fast import Arguments
from ctios_fast.model.publisher import EventPublisher
from support.scripts import ROOT, load_script

__all__ = ["Exercised"]

#: The row of CTI OS's listener for events of every name.
_EVERY_EVENT = "IGenericEvents.OnEvent"


class Exercised:
    """A pytest plugin that fails the run if a marked test has not exercised its rows.

    The tests of one function with several parameters count together. Tests that did not pass are left out.
    """

    def __init__(self) -> None:
        maker = load_script(ROOT / "docs" / "make_coverage.py")
        #: The rows that can be recorded, by id.
        self._rows = {
            row.id: row
            for row in maker.rows()
            if row.kind == "event" or (row.kind == "method" and row.python and _method(row.python))
        }
        #: By test function: the rows that its tests name, and those that they exercised.
        self._named: dict[str, set[str]] = defaultdict(set)
        self._exercised: dict[str, set[str]] = defaultdict(set)
        self._failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Record what a marked test and its fixtures do."""
        marked = (row for mark in item.iter_markers("covers") for row in mark.args)
        rows = [self._rows[row] for row in marked if row in self._rows]
        if not rows:
            return (yield)
        test = item.nodeid.partition("[")[0]
        self._named[test] |= {row.id for row in rows}
        with ExitStack() as stack:
            for row in rows:
                note = functools.partial(self._exercised[test].add, row.id)
                stack.enter_context(
                    _events(row.id, note) if row.kind == "event" else _calls(row.python, note)
                )
            return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that did not pass."""
        if not report.passed:
            self._failed.add(report.nodeid.partition("[")[0])

    def unproved(self) -> list[str]:
        """The rows that their tests have not exercised, with the tests."""
        return sorted(
            f"{row} by {test}"
            for test, rows in self._named.items()
            if test not in self._failed
            for row in rows - self._exercised[test]
        )

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run if a row is not exercised."""
        if self.unproved() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """List the rows that are not exercised."""
        for line in self.unproved():
            terminalreporter.write_line(f"not exercised: {line}", red=True)
        count = sum(len(rows) for rows in self._named.values())
        terminalreporter.write_line(f"{count} marks of methods and events were checked")


@contextmanager
def _events(row: str, note: Callable[[], object]) -> Iterator[None]:
    fire = EventPublisher.fire
    name = row.rpartition(".")[2]

    def recorded(publisher: EventPublisher, event: str, args: Arguments) -> None:
        if row == _EVERY_EVENT or publisher.event(name) == event:
            note()
        fire(publisher, event, args)

    with mock.patch.object(EventPublisher, "fire", recorded):
        yield


def _method(name: str) -> tuple[type, str] | None:
    # The class that defines a method of the package, and the method's name; None for anything else.
    owner: Any = ctios_fast
    *path, attribute = name.split(".")
    for part in path:
        owner = getattr(owner, part, None)
    for base in inspect.getmro(owner) if inspect.isclass(owner) else ():
        if attribute in vars(base):
            return (base, attribute) if inspect.isfunction(vars(base)[attribute]) else None
    return None


@contextmanager
def _calls(name: str, note: Callable[[], object]) -> Iterator[None]:
    found = _method(name)
    assert found is not None
    owner, attribute = found
    function = vars(owner)[attribute]

    @functools.wraps(function)
    def recorded(*args: Any, **kwargs: Any) -> Any:
        note()
        return function(*args, **kwargs)

    with mock.patch.object(owner, attribute, recorded):
        yield
