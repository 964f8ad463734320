"""The reference pages are generated from the present data, with the present number of round trips."""

import re
from pathlib import Path
from types import ModuleType

import pytest
from support.reference_codec import DATA, DATA_FILE, MESSAGES
from support.round_trips import VERSIONS, always_through, check_round_trip, measure, messages_of
from support.scripts import load_script

from ctios_fast.core import codec

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "docs" / "reference"
PAGES = sorted(FOLDER.glob("*.md"))


def maker() -> ModuleType:
    module = load_script(ROOT / "docs" / "make_reference.py")
    module.DATA = DATA_FILE  # of the tested package, which may be an installed one
    return module


@pytest.mark.parametrize("version", VERSIONS)
def test_every_message_of_a_version_round_trips(version: int) -> None:
    for number in messages_of(version):
        check_round_trip(version, number)


def test_the_pages_are_up_to_date() -> None:
    generated = maker().pages(measure(), always_through())
    committed = {path.name: path.read_text(encoding="utf-8") for path in PAGES}
    outdated = [
        name for name in generated.keys() | committed.keys() if generated.get(name) != committed.get(name)
    ]
    assert not outdated, f"run python docs/make_reference.py: {sorted(outdated)}"


def test_the_first_page_states_that_all_messages_round_trip() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (\d+) \| (\d+) of (\d+) \|$", text, re.MULTILINE)
    assert [tuple(map(int, row)) for row in rows] == [
        (version, len(messages_of(version)), len(messages_of(version)), len(messages_of(version)))
        for version in VERSIONS
    ]
    assert "**163 of 163** messages pass in every version" in text
    assert len(MESSAGES) == 163


def test_everything_in_the_data_is_on_a_page() -> None:
    text = {path.name: path.read_text(encoding="utf-8") for path in PAGES}
    headings = set(re.findall(r"^## (.*)$", "\n".join(text.values()), re.MULTILINE))
    assert headings >= {row["name"] for row in (*DATA["message"], *DATA["enum"], *DATA["mask"])}
    for tag in DATA["tag"]:
        assert f"\n| {tag['number']} | {tag['name']} |" in text["tags.md"]
    for row in DATA["undocumented"]:
        assert f"\n| {row['number']} | {row['name']} |" in text["README.md"]
    for message in DATA["message"]:
        (section,) = re.findall(
            rf"^## {message['name']}\n(.*?)(?=^## |\Z)", "\n".join(text.values()), re.DOTALL | re.MULTILINE
        )
        shown = re.findall(r"^\| (\w+) \|", section, re.MULTILINE)
        wanted = [field["name"] for field in (*message["fixed"], *message["floating"])]
        assert set(wanted) <= set(shown)
        assert section.count("\n- ") == len(message.get("doubts", ()))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_have_targets(path: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
        file, _, anchor = target.partition("#")
        linked = path.parent / file if file else path
        assert linked.is_file(), target
        headings = re.findall(r"^#+ (.*)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
        anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in anchors, target


@pytest.mark.parametrize("version", range(9, 26))
def test_offsets_equal_those_of_the_codec(version: int) -> None:
    offsets = maker().offsets
    for number, message in MESSAGES.items():
        layout = codec(version).describe(number)
        assert layout is not None
        places = dict(
            zip(
                (field["name"] for field in message["fixed"]),
                offsets(message["fixed"], version, message),
                strict=False,
            )
        )
        assert {name: place for name, place in places.items() if place is not None} == {
            field.name: field.offset for field in layout.fixed
        }
        assert offsets(message["fixed"], version, message)[-1] == layout.fixed_size


def test_offsets_are_shown_for_each_layout() -> None:
    text = (FOLDER / "session-initialization.md").read_text(encoding="utf-8")
    assert (
        "| fixed field | type | offset in 9 to 18 | offset in 19 to 23 | offset in 24 to 25 | since |" in text
    )
    assert "| DepartmentID | INT | - | 26 | 26 | 19 |" in text
    assert "| *size* |  | *26* | *30* | *32* |" in text
