"""Runs the code of a documentation page: every fenced block, in the order of the page, against a simulator.

Sybil finds the blocks. Blocks of one page share their names, as a reader of the page expects. A page prepares
what its blocks need in comments of Markdown, which no reader sees::

    <!-- invisible-code-block: python
    session, agent = await desktop()
    -->

Such comments also check what the blocks before them did. The names that every page begins with are those of
``PageNames``.
"""

import ast
import asyncio
import contextlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sybil import Document, Example
from sybil.evaluators.python import pad
from sybil.parsers.markdown import CodeBlockParser

from ctios_fast import Agent, Session, keywords
from ctios_fast.sync import Session as SyncSession
from ctios_fast.testing import CtiServerPair, start_servers
from support.model import an_agent, soon, until
from support.scripts import ROOT, write_program

#: Every page of the project that a reader may see.
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md", "changes/README.md")
    for path in ROOT.glob(pattern)
)

#: The servers of a page. Agent 1001 supervises the others; agents are in two skill groups by turns.
CENTRE = {"agents": 500}

#: Seconds that a command, or the tests of a page, may take.
COMMAND_TIME = 50


class PageNames(dict[str, Any]):
    """The names with which the blocks of a page begin.

    - ``servers``, ``control``: a simulated CTI Server pair, and its commands.
    - ``host``, ``port``, ``host_b``, ``port_b``: where its sides listen.
    - ``folder``: the folder in which commands run.
    - ``printed()``: returns what the blocks have printed since the last call.
    - ``eventually(condition)``: waits until the condition holds.
    - ``desktop()``: returns a session in agent mode and its agent 1001, logged in and not ready.
    """

    def __init__(self, servers: CtiServerPair, folder: Path, output: io.StringIO) -> None:
        def printed() -> str:
            text = output.getvalue()
            output.seek(0)
            output.truncate()
            return text

        async def desktop() -> tuple[Session, Agent]:
            session = Session(client_id="desktop")
            await session.connect(**servers.addresses)
            agent = an_agent()
            await session.set_agent(agent)
            await agent.login()
            return session, agent

        super().__init__(
            servers=servers,
            control=servers.control,
            host=servers.a.host,
            port=servers.a.port,
            host_b=servers.b.host,
            port_b=servers.b.port,
            folder=folder,
            printed=printed,
            eventually=until,
            desktop=desktop,
        )


class PageRunner:
    """Evaluates the blocks of one page.

    - ``runner``: the event loop of the page.
    - ``names``: what the page's blocks share.
    - ``not_run``: commands that are checked and not run, with the reasons.
    """

    def __init__(self, runner: asyncio.Runner, names: PageNames, not_run: Mapping[str, str]) -> None:
        self._runner = runner
        self._not_run = not_run
        self.names = names
        #: Blocks that define tests: pytest runs them when the page ends.
        self.tests: list[str] = []

    def run(self, document: Document) -> None:
        """Run all blocks of the page."""
        document.namespace = self.names
        for example in document.examples():
            example.evaluate()
        if self.tests:
            run_tests(self.tests, self.names["folder"])

    def python(self, example: Example) -> None:
        """Run a block of Python. One that defines tests is kept for pytest; one with gaps shows a file."""
        if is_excerpt(example.parsed):
            return check_excerpt(example)
        tree = ast.parse(example.parsed)
        if any(getattr(each, "name", "").startswith("test_") for each in tree.body):
            self.tests.append(example.parsed)
            return None
        code = compile(
            pad(example.parsed, example.line + example.parsed.line_offset),
            example.path,
            "exec",
            ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
            dont_inherit=True,
        )
        if starts_a_loop(tree):
            exec(code, self.names)
        else:
            self._runner.run(self._in_the_loop(code))
        return None

    async def _in_the_loop(self, code: Any) -> None:
        running = eval(code, self.names)
        if asyncio.iscoroutine(running):
            await soon(running)

    def console(self, example: Example) -> None:
        """Run the commands of a block and compare their output with what the page shows."""
        for command, shown in commands(example.parsed):
            check_command(command)
            if command in self._not_run:
                continue
            result = subprocess.run(
                ["bash", "-c", command],
                cwd=self.names["folder"],
                env=environment(self.names["folder"]),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=COMMAND_TIME,
            )
            if shown:
                assert result.stdout == shown, command
            else:
                assert result.returncode == 0, (command, result.stdout)


@contextlib.contextmanager
def page_runner(
    folder: Path, not_run: Mapping[str, str], loop_factory: Callable[[], asyncio.AbstractEventLoop]
) -> Iterator[PageRunner]:
    """Start servers for a page, and disconnect the sessions of its blocks in the end."""
    output = io.StringIO()
    with (
        start_servers(**CENTRE) as servers,
        asyncio.Runner(loop_factory=loop_factory) as runner,
        contextlib.redirect_stdout(output),
    ):
        names = PageNames(servers, folder, output)
        try:
            yield PageRunner(runner, names, not_run)
        finally:
            for each in {id(value): value for value in names.values()}.values():
                if isinstance(each, Session):
                    runner.run(disconnected(each))
                elif isinstance(each, SyncSession):
                    each.disconnect()


async def disconnected(session: Session) -> None:
    """Disconnect a session."""
    await soon(session.disconnect())


def parse(path: Path, runner: PageRunner | None = None) -> Document:
    """Find the blocks of a page. Without a runner they are only found."""

    def nothing(example: Example) -> None:
        pass

    evaluators: dict[str, Callable[[Example], None]] = {
        "python": runner.python if runner else nothing,
        "console": runner.console if runner else nothing,
        "sh": runner.console if runner else nothing,
        "cython": check_excerpt,
        "json": check_json,
        "toml": check_toml,
        "cpp": check_names,
        "java": check_names,
        "mermaid": nothing,  # test_docs.py compares it with the table that it draws
        "text": nothing,  # what a program prints, and drawings
    }
    return Document.parse(str(path), *(CodeBlockParser(name, each) for name, each in evaluators.items()))


def blocks(path: Path) -> list[tuple[str, str]]:
    """The language and the text of each block of a page that a reader sees."""
    document = parse(path)
    return [
        (region.lexemes["arguments"], str(region.parsed))
        for _, region in document.regions
        if not document.text.startswith("<!--", region.start)
    ]


def is_excerpt(source: str) -> bool:
    """Whether a block names the file that it is taken from in its first line."""
    return bool(re.match(r"# [\w/]+\.\w+\n", source))


def check_excerpt(example: Example) -> None:
    """Compare a block with the file that it is taken from. Lines of dots are gaps."""
    first, _, rest = example.parsed.partition("\n")
    source = (ROOT / first.removeprefix("# ")).read_text("utf-8")
    for piece in re.split(r"^ *\.\.\.\n", rest, flags=re.MULTILINE):
        assert piece.strip("\n") in source, piece


def check_json(example: Example) -> None:
    """Read each line of a block as JSON."""
    for line in example.parsed.splitlines():
        json.loads(line)


def check_toml(example: Example) -> None:
    """Read a block as TOML."""
    tomllib.loads(example.parsed)


def check_names(example: Example) -> None:
    """Look the methods and keywords of CTI OS up that a block in another language uses."""
    known = (ROOT / "docs" / "ctios_coverage.toml").read_text("utf-8")
    for name in re.findall(r"\b(?:[A-Z][a-z]+){2,}(?=\()", example.parsed):
        assert re.search(rf"\b{name}\b", known), name
    for name in re.findall(r"\bCTIOS_\w+", example.parsed):
        assert hasattr(keywords, name), name


def starts_a_loop(tree: ast.Module) -> bool:
    """Whether a block runs an event loop of its own, so that it cannot run in the page's loop."""
    return any(
        isinstance(each, ast.Attribute)
        and isinstance(each.value, ast.Name)
        and (each.value.id, each.attr) in {("asyncio", "run"), ("asyncio", "Runner")}
        for each in ast.walk(tree)
    )


def run_tests(blocks: list[str], folder: Path) -> None:
    """Run the tests of a page with pytest, as a project of their own."""
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n", "utf-8")
    (folder / "test_page.py").write_text("\n\n".join(blocks), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_page.py"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=COMMAND_TIME)
    assert result.returncode == 0, result.stdout


def commands(block: str) -> Iterator[tuple[str, str]]:
    """The commands of a block and the output that it shows after each, without comments of the shell.

    A block without prompts has a command in each line, and no output.
    """
    if not block.startswith("$ "):
        block = re.sub("^", "$ ", block.rstrip("\n"), flags=re.MULTILINE) + "\n"
    for piece in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, _, shown = piece.partition("\n")
        yield re.sub(r" +# .*", "", line), shown


def environment(folder: Path) -> dict[str, str]:
    """The environment of commands: ``ctios-fast`` is that of the interpreter that runs this."""
    programs = folder / "bin"
    if not programs.exists():
        programs.mkdir()
        write_program(programs)
    return {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}


def check_command(command: str) -> None:
    """Check the project's files that a command names, and the options of ``ctios-fast``."""
    words = shlex.shlex(command, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    called: list[str] = []
    for word in [*words, "|"]:
        if word[0] not in "|&>;":
            called.append(word)
            continue
        while called and re.match(r"\w+=", called[0]):
            del called[0]
        if called and called[0] == "ctios-fast":
            check_arguments(called[1:])
        for path in called:
            if re.match(r"(ci|tests|benchmarks|examples|docs)/", path):
                assert (ROOT / path).exists(), path
        called.clear()


def check_arguments(words: list[str]) -> None:
    """Let the command line of ``ctios-fast`` read these words, without carrying the command out."""
    import click

    from ctios_fast.cli.group import group

    name, command, rest = group.resolve_command(group.make_context("ctios-fast", list(words)), words)
    assert command is not None
    with contextlib.ExitStack() as stack:
        for parameter in command.params:
            if isinstance(parameter.type, click.Path):  # the file need not exist
                stack.callback(setattr, parameter, "type", parameter.type)
                parameter.type = click.STRING
        command.make_context(name, rest)


def options_of(name: str) -> set[str]:
    """The options of a command of ``ctios-fast``."""
    from ctios_fast.cli.group import group

    command = group.get_command(group.make_context("ctios-fast", [name]), name)
    assert command is not None, name
    return {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
