"""``ci/Containerfile`` names files, ports and options that exist. Building the image needs a registry."""

import json
import re
from typing import Final

import click
from support.scripts import ROOT, needs_sources

from ctios_fast.protocol.codes import DEFAULT_PORTS

FILE: Final = ROOT / "ci" / "Containerfile"


def instructions(name: str) -> list[str]:
    """Return the arguments of each instruction of a name."""
    text = FILE.read_text("utf-8").replace("\\\n", " ")
    return re.findall(rf"^{name} +(.+)$", text, re.MULTILINE)


@needs_sources
def test_what_it_copies_exists_and_is_all_that_a_build_reads() -> None:
    copied = {word for line in instructions("COPY") if "--from" not in line for word in line.split()[:-1]}
    assert all((ROOT / name).exists() for name in copied)
    assert copied >= {"pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "ctios_fast"}


@needs_sources
def test_it_exposes_the_ports_of_the_simulator() -> None:
    assert instructions("EXPOSE") == [" ".join(map(str, DEFAULT_PORTS))]


@needs_sources
def test_its_command_is_one_of_the_command_line() -> None:
    from ctios_fast.cli.group import group

    (entry,), (words,) = instructions("ENTRYPOINT"), instructions("CMD")
    assert json.loads(entry) == ["ctios-fast"]
    name, *options = json.loads(words)
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert command.make_context(name, options).params["host"] == "0.0.0.0"


@needs_sources
def test_it_runs_as_a_user_who_is_not_root() -> None:
    (user,) = instructions("USER")
    assert user.partition(":")[0] not in ("0", "root")
