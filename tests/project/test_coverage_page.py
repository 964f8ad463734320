"""The page about CTI OS: every row is explained, and every row that is called done is proved by a test."""

from collections import Counter
from typing import Any

import pytest
from support.marks import covered_rows
from support.scripts import ROOT, load_script, needs_sources

import ctios_fast
from ctios_fast import Session
from ctios_fast.model.publisher import sink_method

pytestmark = needs_sources

#: Rows of the Developer's Guide: its distinct methods, properties, events and error codes.
EXPECTED = {"method": 279, "property": 326, "event": 110, "error": 79}


@pytest.fixture(scope="module")
def maker() -> Any:
    return load_script(ROOT / "docs" / "make_coverage.py")


def test_the_page_equals_the_data(maker: Any) -> None:
    assert maker.FILE.read_text("utf-8") == maker.page(), "run python docs/make_coverage.py"


def test_no_row_of_the_guide_is_missing(maker: Any) -> None:
    rows = maker.rows()
    assert Counter(row.kind for row in rows) == EXPECTED
    assert len({row.id for row in rows}) == len(rows)


def test_every_row_that_is_done_is_covered_by_a_test(maker: Any) -> None:
    covered = covered_rows()
    assert [row.id for row in maker.rows() if row.status == maker.DONE and row.id not in covered] == []


def test_every_mark_names_a_row_that_is_done(maker: Any) -> None:
    done = {row.id for row in maker.rows() if row.status == maker.DONE}
    assert {row: tests for row, tests in covered_rows().items() if row not in done} == {}


def test_every_name_in_python_exists(maker: Any) -> None:
    events = set(sink_methods())
    named = [(row.id, row.python) for row in maker.rows() if row.status in (maker.DONE, maker.CONSTANT)]
    assert [each for each in named if each[1] not in events and not exists(each[1])] == []


def test_every_row_that_is_not_done_has_a_reason_and_every_reason_is_used(maker: Any) -> None:
    used = {row.reason for row in maker.rows() if row.status in (maker.NONE, maker.CONSTANT)}
    assert used == set(maker.reasons())
    assert all(maker.reasons().values())


@pytest.mark.parametrize("entry", [5, {"python": "x"}, {"why": "com", "note": "x"}, {"reason": "com"}, {}])
def test_a_row_of_another_form_is_refused(maker: Any, entry: Any) -> None:
    with pytest.raises(ValueError, match="a row cannot be"):
        maker._read("Name", entry)


def sink_methods() -> list[str]:
    """The names of a sink's methods for the events of a session."""
    return [sink_method(event) for event in Session(client_id="names").events]


def exists(name: str) -> bool:
    """Whether the package has this name, such as ``Session.connect``."""
    found: Any = ctios_fast
    for part in name.split("."):
        if not hasattr(found, part):
            return part in found.__init__.__code__.co_names  # an attribute that only objects have
        found = getattr(found, part)
    return True
