"""The documentation agrees with the code: its tables, its diagram, its samples and its links."""

import ast
import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.model import an_agent, soon, until
from support.scripts import ROOT, needs_sources

import ctios_fast
from ctios_fast import Agent, AgentState, Session, errors
from ctios_fast.connection.life_cycle import TRANSITIONS
from ctios_fast.connection.opening import RETRIED_ELSEWHERE
from ctios_fast.core import codec
from ctios_fast.errors import TranscriptError
from ctios_fast.model.statistics.formulas import AGENT_FORMULAS
from ctios_fast.protocol.enums import StatusCode
from ctios_fast.records.transcript import CAPTURE_KEYS, frame_from_record, parse_line, records
from ctios_fast.sim import Population, Simulator
from ctios_fast.sim.plant.agent_machine import ALLOWED
from ctios_fast.testing import start_servers

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def section(name: str, heading: str) -> str:
    text = page(name).split(f"\n## {heading}\n", 1)[1]
    return text.split("\n## ", 1)[0]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


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


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_python_in_the_pages_compiles(path: Path) -> None:
    for block in blocks(path.read_text("utf-8"), "python"):
        code = re.sub(r"^ *\.\.\.$", "", block, flags=re.MULTILINE)
        compile(code, path.name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_the_samples_of_the_page_about_arguments_hold() -> None:
    names: dict[str, object] = {}
    samples = blocks(page("docs/arguments.md"), "python")
    assert sum(sample.count("assert ") for sample in samples) > 20
    for sample in samples:
        exec(sample, names)


async def run_samples(name: str, names: dict[str, object]) -> dict[str, object]:
    """Run the Python of a page, block after block, with these names; returns all names."""
    for sample in blocks(page(name), "python"):
        code = compile(sample, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        running = eval(code, names)
        if asyncio.iscoroutine(running):
            await soon(running)
    return names


async def test_the_samples_of_the_page_about_desktops_run(capsys: pytest.CaptureFixture[str]) -> None:
    async with Simulator() as simulator:
        side = simulator.side_a
        names = await run_samples("docs/agent-desktop.md", {"host": side.host, "port": side.port})
        session = names["session"]
        assert isinstance(session, Session)
        await session.disconnect()
    assert capsys.readouterr().out


async def test_the_samples_of_the_page_about_supervisors_run(capsys: pytest.CaptureFixture[str]) -> None:
    async with Simulator(team_size=4) as simulator:
        side = simulator.side_a
        names = await run_samples("docs/supervisor.md", {"host": side.host, "port": side.port})
        for name in ("session", "companion"):
            session = names[name]
            assert isinstance(session, Session)
            await session.disconnect()
    assert capsys.readouterr().out


async def test_the_samples_of_the_page_about_calls_run(
    agent: Agent, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    await agent.make_call(dialed_number="3002", call_variable1="order 17", ecc={"user.plan": "silver"})
    await until(lambda: len(session.calls) == 1)
    [call] = session.calls.values()
    await run_samples("docs/calls.md", {"session": session, "call": call})
    await until(lambda: call.ecc.get("user.plan") == "gold")
    await call.clear_connection()
    await until(lambda: not session.calls)
    await agent.make_call(dialed_number="3003", call_variable1="order 18", ecc={"user.plan": "tin"})
    await until(lambda: "order 18 tin" in capsys.readouterr().out)


async def test_the_samples_of_the_page_about_configuration_run(capsys: pytest.CaptureFixture[str]) -> None:
    async with Simulator(population=Population.numbered(5, skill_groups=2)) as simulator:
        side = simulator.side_a
        names = await run_samples("docs/configuration.md", {"host": side.host, "port": side.port})
        session, agent = names["session"], names["agent"]
        assert isinstance(session, Session)
        assert isinstance(agent, Agent)
        assert agent.is_logged_in
        assert agent.agent_id == "1002"
        await session.disconnect()
    printed = capsys.readouterr().out
    assert "Agent 1001 agent1001 5000\nGroup1\n1002 Agent 1002 (2,)\n" in printed


async def test_the_samples_of_the_page_about_events_run(
    agent: Agent, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    names = await run_samples("docs/events.md", {"session": session})
    work, call_home = names["work"], names["call_home"]
    assert callable(work)
    assert callable(call_home)
    working = asyncio.create_task(work(session))
    await asyncio.sleep(0)  # the stream is open now
    await soon(call_home(session, agent))
    await session.disconnect()
    await soon(working)
    printed = capsys.readouterr().out.splitlines()
    assert "OnCallBegin call.5000.16777217.3001" in printed
    assert "1001 TALKING" in printed or f"1001 {AgentState.TALKING}" in printed


async def test_the_samples_of_the_page_about_statistics_run(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    population = Population.numbered(4, skill_groups=2, groups_per_agent=2)
    async with Simulator(population=population) as simulator:
        side = simulator.side_a
        agent = an_agent()
        await session.connect(ctios_a=side.host, port_a=side.port)
        await session.set_agent(agent)
        await agent.login()
        await run_samples("docs/statistics.md", {"session": session, "agent": agent})
        printed = ""

        def has_printed() -> bool:
            nonlocal printed
            printed += capsys.readouterr().out
            return all(each in printed for each in ("1001 has handled 0", "group 1 has 1", "group 2 has 1"))

        await until(has_printed)
        assert len(agent.get_skill_groups()) == 2
        await session.disconnect()


def test_the_computed_figures_of_the_page_about_statistics_equal_the_table() -> None:
    rows = re.findall(r"^\| (\w+) \| (\w*[(A-Z].*Today\)?) \|$", page("docs/statistics.md"), re.MULTILINE)
    shown = {
        name: tuple(tuple(re.findall(r"\w+", part)) for part in formula.split(" / "))
        for name, formula in rows
    }
    assert shown == {
        name: tuple(part for part in formula if part) for name, formula in AGENT_FORMULAS.items()
    }


def test_the_samples_of_the_page_about_the_synchronous_facade_run(capsys: pytest.CaptureFixture[str]) -> None:
    [sample] = blocks(page("docs/synchronous.md"), "python")
    with start_servers(agents=2) as pair:
        exec(sample, {"host": pair.a.host, "port": pair.a.port})
    assert capsys.readouterr().out == "not yet: CF_INVALID_OBJECT_STATE\n3\n"


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
    [diagram] = blocks(page("docs/architecture.md"), "mermaid")
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


def test_the_sample_with_metrics_runs() -> None:
    [sample] = blocks(page("docs/operation.md"), "python")
    names: dict[str, Any] = {"session": Session(client_id="wallboard")}
    exec(sample, names)
    try:
        assert next(names["collector"].collect()).name == "ctios_fast_open"
    finally:
        names["REGISTRY"].unregister(names["collector"])


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


@pytest.mark.parametrize("name", ["README.md", "docs/tools.md"])
def test_json_lines_in_the_pages_equal_the_output_of_decode(name: str) -> None:
    text = page(name)
    lines = [line for line in text.splitlines() if line.startswith(('{"offset"', '{"time"'))]
    assert lines
    version = codec(25)
    for line in lines:
        row = json.loads(line)
        [decoded] = records([frame_from_record(version, row)], version)
        own = {key: value for key, value in row.items() if key not in CAPTURE_KEYS}
        assert {**decoded, "offset": row["offset"]} == own


def test_the_hex_dump_in_the_readme_decodes_to_its_json_lines() -> None:
    text = page("README.md")
    dump = bytes.fromhex("".join(re.findall(r"^[0-9a-f]{8}: ((?:[0-9a-f]{2,4} )+)", text, re.MULTILINE)))
    lines = [json.loads(line) for line in text.splitlines() if line.startswith('{"offset"')]
    assert list(records([dump], codec(25))) == lines


def test_the_error_of_encode_in_the_pages_is_what_it_prints() -> None:
    [line, printed] = re.findall(r"\$ echo '(.*)' \| ctios-fast encode\nline 1: (.*)", page("docs/tools.md"))[
        0
    ]
    with pytest.raises(TranscriptError) as caught:
        frame_from_record(codec(25), parse_line(line))
    assert str(caught.value) == printed
