"""The code of every page runs: README, guides and the pages for developers."""

import re
import shutil
from pathlib import Path

import pytest
from support.model import loop_factory
from support.pages import PAGES, blocks, commands, options_of, page_runner, parse
from support.scripts import ROOT

#: Commands that the tests check and do not run, with the reasons.
NOT_RUN = {
    "pip install .": "changes the environment of the tests",
    "pip install '.[cli]'": "changes the environment of the tests",
    "ctios-fast sim --agents 10": "runs until it is interrupted",
    "podman build -t ctios-fast -f ci/Containerfile .": "needs a registry of images",
    "podman run --rm -p 42027:42027 -p 43027:43027 ctios-fast": "needs the image",
    "podman run --rm -p 42027:42027 -p 43027:43027 ctios-fast sim --host 0.0.0.0 --scenario morning-24000": (
        "needs the image"
    ),
    "ci/demo": "creates a virtual environment; tests/cli/test_demo.py runs the demo",
    "ci/test": "runs these tests",
    "ci/test -q": "runs these tests",
    "ci/coverage tests/core/test_message.py": "builds the core anew, which takes minutes",
    ". .venv-test/bin/activate": "changes the shell",
    "python setup.py -q build_ext --inplace": "changes the modules under test",
    "CTIOS_FAST_ANNOTATE=1 python setup.py -q build_ext --inplace --force": "changes the modules under test",
    "CTIOS_FAST_DEBUG=1 python setup.py -q build_ext --inplace --force": "changes the modules under test",
    "gdb --args python -m pytest tests/core/test_message.py": "a debugger waits for a person",
    "pytest tests/model/test_logout_procedure.py": "these tests run anyway",
    "pytest tests/core/test_frames.py -k as_large": "these tests run anyway",
    "pytest benchmarks -k decod": "measures",
    'pytest benchmarks -k "three and fields and AGENT"': "measures",
    "python -m benchmarks.paired 3 fields": "measures",
    "ruff format && ci/lint": "changes files",
    "ctios-fast sim --agents 200 --port-a 0 --port-b 0": "runs until it is interrupted",
    """echo '{"do": "call", "to": "1001", "from": "5550001"}' | nc -U -N /run/user/1000/sim""": (
        "needs nc; the page carries out the command by itself"
    ),
    "tshark -X lua_script:ged188.lua -r capture.pcap"
    " -Y 'ged188.message_type == 30 && ged188.agent_state == 1'": "needs Wireshark; tests/wireshark runs it",
}

#: Programs besides bash that commands of the pages need, and that a machine may lack.
TOOLS = {"cmp", "xxd"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def fences(path: Path) -> int:
    """How many code blocks a page has, found in another way than by the library that runs them."""
    lines = re.findall(r"^ *(?:```|~~~)", path.read_text("utf-8"), re.MULTILINE)
    assert len(lines) % 2 == 0
    return len(lines) // 2


def commands_of(path: Path) -> list[str]:
    """The commands of the shell that a page has."""
    sources = [source for language, source in blocks(path) if language in {"console", "sh"}]
    return [command for source in sources for command, _ in commands(source)]


def missing_programs(path: Path) -> list[str]:
    """The programs that this machine lacks and that commands of a page need, if its test runs them."""
    run = [command for command in commands_of(path) if command not in NOT_RUN]
    needed = {"bash"} | (TOOLS & set(" ".join(run).split())) if run else set()
    return sorted(name for name in needed if shutil.which(name) is None)


def shown(path: Path) -> list[str]:
    """The languages of the blocks of a page that a reader sees."""
    return [language for language, _ in blocks(path)]


PAGES_WITH_CODE = [path for path in PAGES if fences(path)]


@pytest.mark.parametrize("path", PAGES_WITH_CODE, ids=name_of)
def test_the_code_of_the_page_runs(path: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    if missing := missing_programs(path):
        pytest.skip(f"commands of the page need {', '.join(missing)}")
    factory = loop_factory(pytestconfig.getoption("--loop"))
    with page_runner(tmp_path, NOT_RUN, factory) as runner:
        runner.run(parse(path, runner))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_block_of_the_page_is_found(path: Path) -> None:
    assert len(shown(path)) == fences(path)


def test_the_pages_have_blocks() -> None:
    languages = [language for path in PAGES for language in shown(path)]
    assert languages.count("python") > 60
    assert languages.count("console") > 10


def test_every_command_that_is_not_run_is_in_a_page() -> None:
    assert set(NOT_RUN) <= {command for path in PAGES for command in commands_of(path)}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_the_text_names_options_that_exist(path: Path) -> None:
    for name, words in re.findall(r"`ctios-fast ([a-z]+)([^`]*)`", path.read_text("utf-8")):
        assert set(re.findall(r"--[\w-]+", words)) <= options_of(name), name
