"""``ctios-fast completion``: the scripts, and bash with the script that it loads."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.scripts import ROOT, write_program


def script(shell: str) -> str:
    command = [sys.executable, "-m", "ctios_fast", "completion", shell]
    return subprocess.run(command, capture_output=True, cwd=ROOT, timeout=50, check=True, text=True).stdout


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A folder with a program ``ctios-fast`` that runs this package."""
    write_program(tmp_path)
    return tmp_path


def completed_by_bash(program: Path, *words: str) -> list[str]:
    """Load the script into bash and return what it offers for the last word."""
    quoted = " ".join(f"'{word}'" for word in words)
    lines = (
        'eval "$(ctios-fast completion bash)"',
        f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}",
        'complete -p ctios-fast | grep -q "_ctios_fast_completion ctios-fast"  # the function is in use',
        'compopt() { echo "files"; }  # it works in a real completion only',
        '_ctios_fast_completion ctios-fast; printf "%s\\n" "${COMPREPLY[@]}"',
    )
    done = subprocess.run(
        ["bash", "--norc", "-ec", "\n".join(lines)],
        capture_output=True,
        env={**os.environ, "PATH": f"{program}:{os.environ['PATH']}"},
        timeout=50,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed; the case is not tested")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["ctios-fast", "de"], ["demo", "decode"]),
        (["ctios-fast", "completion", ""], ["bash", "zsh", "fish"]),
        (["ctios-fast", "decode", "--pa"], ["--parquet"]),
        (["ctios-fast", "decode", "--message", "agent_state_e"], ["AGENT_STATE_EVENT"]),
        (["ctios-fast", "decode", "--direction", ""], ["client", "server"]),
        (["ctios-fast", "sim", "--pair", "both"], ["both-active"]),
        (["ctios-fast", "decode", "--csv", "x"], ["files"]),
        (["ctios-fast", "sim", "--scenario", "sm"], ["small"]),
        (["ctios-fast", "sim", "--scenario", "./"], ["files"]),
    ],
)
def test_bash_completes_with_the_script(program: Path, words: list[str], offered: list[str]) -> None:
    assert completed_by_bash(program, *words) == offered


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed; the case is not tested")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("ctios-fast de", ["decode", "demo"]),
        ("ctios-fast decode --pa", ["--parquet"]),
        ("ctios-fast decode --message agent_state_e", ["AGENT_STATE_EVENT"]),
        ("ctios-fast sim --pair both", ["both-active"]),
        ("ctios-fast decode ca", ["captures/"]),
        ("ctios-fast sim --scenario captures/n", ["captures/night.pcap"]),
    ],
)
def test_fish_completes_with_the_script(program: Path, line: str, offered: list[str]) -> None:
    (program / "captures").mkdir()
    (program / "captures" / "night.pcap").touch()
    done = subprocess.run(
        ["fish", "--no-config", "-c", f'ctios-fast completion fish | source; complete -C "{line}"'],
        capture_output=True,
        cwd=program,
        env={**os.environ, "PATH": f"{program}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
        timeout=50,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(found.partition("\t")[0] for found in done.stdout.splitlines()) == offered


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_a_script_that_they_can_parse(shell: str, tmp_path: Path) -> None:
    file = tmp_path / "script"
    file.write_text(script(shell))
    assert "_CTIOS_FAST_COMPLETE" in file.read_text()
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed; the case is not tested")
    assert subprocess.run([shell, "-n", str(file)], timeout=50).returncode == 0


@pytest.mark.parametrize("words", [{}, {"COMP_WORDS": "ctios-fast de", "COMP_CWORD": "x"}])
def test_a_request_for_words_that_no_script_makes_gives_a_line(words: dict[str, str]) -> None:
    environment = {**os.environ, "_CTIOS_FAST_COMPLETE": "bash_complete", **words}
    command = [sys.executable, "-m", "ctios_fast"]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=50, text=True, env=environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "ctios-fast: _CTIOS_FAST_COMPLETE is for the scripts of ctios-fast completion: unset it\n"
    )


def test_another_shell_is_refused_with_the_list() -> None:
    command = [sys.executable, "-m", "ctios_fast", "completion", "csh"]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=50, text=True)
    assert done.returncode == 2
    assert "must be 'bash', 'zsh' or 'fish', got 'csh'" in done.stderr


def test_an_unknown_command_is_refused_with_the_list() -> None:
    command = [sys.executable, "-m", "ctios_fast", "nonsense"]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=50, text=True)
    assert done.returncode == 2
    assert "give one of sim, demo, decode, encode, dissector, completion" in " ".join(done.stderr.split())
