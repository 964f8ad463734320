"""The objects that programs use have documented methods and attributes, and no others.

What the library alone does with an object begins with an underscore, or is a function of the object's module.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from support.scripts import ROOT, load_script, needs_sources

from ctios_fast import Agent, Call, Session, SkillGroup
from ctios_fast.model.calls.live_call import LiveCall
from ctios_fast.model.property_object import PropertyObject

pytestmark = needs_sources

#: How the pages name an object of each class.
OBJECTS: dict[type[PropertyObject], str] = {
    Session: "session|Session",
    Agent: "agent|Agent|supervisor",
    Call: "call|Call|consult",
    SkillGroup: "group|skill_group|SkillGroup",
}

#: Pages about the insides of the library, and the one that is drawn from the table of CTI OS's names.
NOT_FOR_USERS = {"architecture.md", "packaging.md", "ctios-coverage.md"}


def public(cls: type) -> list[str]:
    return [name for name in dir(cls) if not name.startswith("_")]


@pytest.fixture(scope="module")
def pages() -> str:
    """The text of all pages for users."""
    files = [Path(ROOT, "README.md"), *Path(ROOT, "docs").glob("*.md")]
    return "\n".join(each.read_text("utf-8") for each in files if each.name not in NOT_FOR_USERS)


@pytest.fixture(scope="module")
def of_ctios() -> set[str]:
    """What has a name in CTI OS, as ``Agent.login``."""
    maker: Any = load_script(ROOT / "docs" / "make_coverage.py")
    return {row.python for row in maker.rows() if row.status == maker.DONE}


def is_documented(cls: type[PropertyObject], name: str, pages: str, of_ctios: set[str]) -> bool:
    owners = [cls, *OBJECTS] if name in public(PropertyObject) else [cls]  # these are the same everywhere
    if any(f"{owner.__name__}.{name}" in of_ctios for owner in owners):
        return True
    if any(row.attribute == name for row in cls._PROPERTIES.values()):
        return True
    in_code = rf"`{name}(?:\([^`]*\))?`|\b(?:{OBJECTS[cls]}|args)\.{name}\b"
    return re.search(in_code, pages) is not None


@pytest.mark.parametrize("cls", OBJECTS)
def test_every_public_name_of_an_object_is_documented(
    cls: type[PropertyObject], pages: str, of_ctios: set[str]
) -> None:
    assert len(public(cls)) > 30
    undocumented = [name for name in public(cls) if not is_documented(cls, name, pages, of_ctios)]
    assert undocumented == [], (
        "document these names in docs/, or let them begin with an underscore and export a function: see "
        "CONTRIBUTING.md"
    )


def test_a_name_that_no_page_has_is_found(pages: str, of_ctios: set[str]) -> None:
    assert not is_documented(Agent, "apply_state", pages, of_ctios)
    assert is_documented(Agent, "login", pages, of_ctios)


def test_the_names_that_a_program_sees_of_a_call_are_those_of_its_class() -> None:
    assert object.__new__(LiveCall).__dir__() == dir(Call)
