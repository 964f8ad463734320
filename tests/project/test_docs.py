"""The documentation agrees with the code: its tables, its diagram, its samples and its links."""

import json
import re
from pathlib import Path

import pytest
from support.pages import blocks
from support.scripts import ROOT, needs_sources

import ctios_fast
from ctios_fast import Session, errors
from ctios_fast.connection.life_cycle import TRANSITIONS
from ctios_fast.connection.opening import RETRIED_ELSEWHERE
from ctios_fast.core import codec
from ctios_fast.errors import TranscriptError
from ctios_fast.model.statistics.formulas import AGENT_FORMULAS
from ctios_fast.protocol.enums import StatusCode
from ctios_fast.records.transcript import CAPTURE_KEYS, frame_from_record, parse_line, records
from ctios_fast.sim.plant.agent_machine import ALLOWED

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def section(name: str, heading: str) -> str:
    text = page(name).split(f"\n## {heading}\n", 1)[1]
    return text.split("\n## ", 1)[0]


def first_column(text: str) -> list[str]:
    return [cell.strip("` ") for cell in re.findall(r"^\| *([^|]+?) *\|", text, re.MULTILINE)]


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_within_the_project_have_targets(path: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text("utf-8")):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        linked = (path.parent / file).resolve() if file else path
        assert linked.is_file(), target
        if anchor:
            assert anchor in anchors(linked.read_text("utf-8")), target


def test_the_computed_figures_of_the_page_about_statistics_equal_the_table() -> None:
    rows = re.findall(r"^\| (\w+) \| (\w*[(A-Z].*Today\)?) \|$", page("docs/statistics.md"), re.MULTILINE)
    shown = {
        name: tuple(tuple(re.findall(r"\w+", part)) for part in formula.split(" / "))
        for name, formula in rows
    }
    assert shown == {
        name: tuple(part for part in formula if part) for name, formula in AGENT_FORMULAS.items()
    }


def test_the_names_for_developers_of_cti_os_exist() -> None:
    rows = re.findall(
        r"^\| .* \| (.*) \|$",
        section("docs/agent-desktop.md", "Names that CTI OS developers know"),
        re.MULTILINE,
    )
    named = re.findall(r"`(Agent|Arguments|Session)\.(\w+)`", " ".join(rows))
    assert len(named) > 5
    for owner, method in named:
        assert callable(getattr(getattr(ctios_fast, owner), method)), (owner, method)


def test_the_state_diagram_equals_the_table() -> None:
    [diagram] = [text for language, text in blocks(ROOT / "docs/architecture.md") if language == "mermaid"]
    drawn = re.findall(r"^ *(\w+) --> (\w+): (\w+)$", diagram, re.MULTILINE)
    assert sorted(drawn) == sorted(
        (before.value, after.value, event) for (before, event), after in TRANSITIONS.items()
    )


@needs_sources
def test_every_file_that_the_architecture_page_names_exists() -> None:
    text = page("docs/architecture.md")
    names = set(re.findall(r"`((?:[\w.]+/)*\w+\.(?:pyx?|pxd|pyi|toml|h|lua))`", text))
    assert len(names) > 20
    package = ROOT / "ctios_fast"
    for name in names:
        if "/" in name:
            assert (ROOT / name).is_file() or (package / name).is_file(), name
        else:
            assert (ROOT / name).is_file() or [*package.rglob(name)], name


@needs_sources
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_paths_in_the_pages_exist(path: Path) -> None:
    folders = "ctios_fast|tests|benchmarks|ci|docs|examples|changes"
    for name in re.findall(rf"(?<![\w/.])((?:{folders})/[\w./-]*\w)", path.read_text("utf-8")):
        assert (ROOT / name).exists() or name.endswith(".html"), name  # pages of Cython are built on request


@needs_sources
def test_the_architecture_page_describes_every_folder() -> None:
    described = set(re.findall(r"^\| `([\w]+)/`", page("docs/architecture.md"), re.MULTILINE))
    folders = {path.name for path in (ROOT / "ctios_fast").iterdir() if (path / "__init__.py").is_file()}
    assert described == folders


@needs_sources
def test_every_logger_is_listed() -> None:
    listed = set(re.findall(r"^\| `(ctios_fast\.\w+)` \|", page("docs/operation.md"), re.MULTILINE))
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "ctios_fast").rglob("*.py"))
    used = set(re.findall(r'getLogger\("(ctios_fast\.\w+)', sources))
    assert listed == used


def test_all_refusals_that_are_tried_elsewhere_are_named() -> None:
    named = re.findall(r"^\| (E_\w+) \((\d+)\) \|", section("docs/connection.md", "Refusals"), re.MULTILINE)
    assert {int(number): name for name, number in named} == {
        number: StatusCode(number).name for number in RETRIED_ELSEWHERE
    }


def test_every_counter_is_explained() -> None:
    assert first_column(section("docs/connection.md", "Counters"))[2:] == list(
        Session(client_id="x").counters()
    )


def test_every_error_is_explained() -> None:
    explained = set(first_column(section("docs/connection.md", "Errors"))[2:])
    bases = {"CtiOsError", "ProtocolError", "Refused"}
    assert explained == set(errors.__all__) - bases


def test_the_agent_states_of_the_simulator_equal_its_table() -> None:
    rows = re.findall(
        r"^\| ([A-Z_]+) \| ([A-Z_, ]+) \|$", section("docs/simulator.md", "What it does"), re.MULTILINE
    )
    shown = {state: set(wanted.split(", ")) for state, wanted in rows}
    assert shown == {
        state.name.removeprefix("AGENT_STATE_"): {
            wanted.name.removeprefix("AGENT_STATE_") for wanted in allowed
        }
        for state, allowed in ALLOWED.items()
    }


def test_json_lines_in_the_page_of_the_tools_equal_the_output_of_decode() -> None:
    text = page("docs/tools.md")
    lines = [line for line in text.splitlines() if line.startswith(('{"offset"', '{"time"'))]
    assert lines
    version = codec(25)
    for line in lines:
        row = json.loads(line)
        [decoded] = records([frame_from_record(version, row)], version)
        own = {key: value for key, value in row.items() if key not in CAPTURE_KEYS}
        assert {**decoded, "offset": row["offset"]} == own


def test_the_error_of_encode_in_the_pages_is_what_it_prints() -> None:
    [line, printed] = re.findall(r"\$ echo '(.*)' \| ctios-fast encode\nline 1: (.*)", page("docs/tools.md"))[
        0
    ]
    with pytest.raises(TranscriptError) as caught:
        frame_from_record(codec(25), parse_line(line))
    assert str(caught.value) == printed
