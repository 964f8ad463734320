"""The pytest plugin, used by projects that are not this one: each test runs pytest in an empty folder."""

import re
import shutil

import pytest
from support.scripts import ROOT

from ctios_fast.sim.centre_options import CENTRE_OPTIONS

PAGE = (ROOT / "docs" / "testing.md").read_text("utf-8")

pytest_plugins = ["pytester"]

LOGIN = """
from ctios_fast import Agent, Session

async def test_an_agent_logs_in(cti_server_pair, cti_control):
    async with Session(client_id="desktop") as session:
        await session.connect(**cti_server_pair.addresses)
        agent = Agent("1001", 5000, agent_instrument="3001")
        await session.set_agent(agent)
        await agent.login()
        [state] = [each["state"] for each in cti_control.snapshot()["agents"] if each["id"] == "1001"]
        assert state == "NOT_READY"
"""

#: A program with a codec of its own: it sends OPEN_REQ and returns the type of the message that answers.
OWN_CODEC = """
import socket, struct
import pytest

def answer(server, version, password=b""):
    body = struct.pack("!11I", 1, version, 0xFFFFFFFF, server.peripheral_id, 16, 0, 0, 0, 0, 0, 0)
    body += struct.pack("!HH", 1, 5) + b"test\\0" + struct.pack("!HH", 2, len(password)) + password
    with socket.create_connection((server.host, server.port), timeout=20) as connection:
        connection.sendall(struct.pack("!II", len(body), 3) + body)
        return struct.unpack("!II", connection.recv(8, socket.MSG_WAITALL))[1]
"""


def run(
    pytester: pytest.Pytester, test: str, *options: str, passed: int = 0, failed: int = 0, errors: int = 0
) -> str:
    """Run a test file in an empty folder, in a process of its own; returns what pytest printed."""
    pytester.makeini("[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makepyfile(test_project=test)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", *options)
    result.assert_outcomes(passed=passed, failed=failed, errors=errors)
    return result.stdout.str()


@pytest.mark.parametrize("options", [(), ("--cti-process",)], ids=["thread", "process"])
def test_ten_lines_of_test_pass_in_an_empty_folder(
    pytester: pytest.Pytester, options: tuple[str, ...]
) -> None:
    run(pytester, LOGIN, *options, passed=1)


@pytest.mark.parametrize("options", [(), ("--cti-process",)], ids=["thread", "process"])
def test_the_example_project_passes(pytester: pytest.Pytester, options: tuple[str, ...]) -> None:
    shutil.copytree(
        ROOT / "examples" / "own_tests",
        pytester.path,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", *options)
    result.assert_outcomes(passed=2)


def test_the_samples_of_the_guide_pass(pytester: pytest.Pytester) -> None:
    samples = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    run(pytester, "\n".join(samples), passed=5)


def test_the_guide_lists_every_option() -> None:
    rows = PAGE.partition("## Options")[2].partition("## Events")[0]
    listed = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", rows, re.MULTILINE))))
    assert listed == {*CENTRE_OPTIONS, "process"}


def test_a_program_with_its_own_codec_needs_no_event_loop(pytester: pytest.Pytester) -> None:
    test = OWN_CODEC + (
        "def test_it_is_answered(cti_server):\n"
        "    assert answer(cti_server, 24) == 4\n"
        "@pytest.mark.cti_server(version=24)\n"
        "def test_an_old_server_refuses_a_new_version(cti_server):\n"
        "    assert (answer(cti_server, 25), answer(cti_server, 24)) == (1, 4)\n"
        "@pytest.mark.cti_server(client_password='sesame', peripheral_id=7)\n"
        "def test_a_password_is_checked(cti_server):\n"
        "    assert (answer(cti_server, 24, b'wrong'), answer(cti_server, 24, b'sesame')) == (1, 4)\n"
    )
    run(pytester, test, passed=3)
    run(pytester, test, "--cti-process", passed=3)


def test_the_closest_marker_counts(pytester: pytest.Pytester) -> None:
    test = (
        "import pytest\n"
        "pytestmark = pytest.mark.cti_server(agents=3, first_agent=2001)\n"
        "@pytest.mark.cti_server(agents=4)\n"
        "def test_agents(cti_control):\n"
        "    ids = [agent['id'] for agent in cti_control.snapshot()['agents']]\n"
        "    assert ids == ['2001', '2002', '2003', '2004']\n"
    )
    run(pytester, test, passed=1)


SCENARIO = """
import pytest

@pytest.mark.cti_server(scenario="small", clock="virtual")
def test_time(cti_control):
    cti_control.advance(600)
    figures = [group["statistics"] for group in cti_control.snapshot()["skill_groups"]]
    print("figures", *((each["HandledCallsToday"], each["TalkingTimeToday"]) for each in figures))
    assert sum(each["HandledCallsToday"] for each in figures) > 10
"""


def test_the_same_seed_gives_the_same_calls(pytester: pytest.Pytester) -> None:
    def figures(*options: str) -> str:
        printed = run(pytester, SCENARIO, "-s", *options, passed=1)
        return next(line for line in printed.splitlines() if "figures" in line)

    first = figures("--cti-seed", "1")
    assert figures("--cti-seed", "1", "--cti-process") == first
    assert figures("--cti-seed", "2") != first


def test_several_pairs_run_beside_each_other_until_the_test_ends(pytester: pytest.Pytester) -> None:
    test = (
        "import socket\n"
        "pairs = []\n"
        "def test_two(start_cti_servers):\n"
        "    pairs[:] = [start_cti_servers(agents=1), start_cti_servers(agents=2, process=True)]\n"
        "    assert [len(pair.control.snapshot()['agents']) for pair in pairs] == [1, 2]\n"
        "def test_they_are_gone():\n"
        "    for pair in pairs:\n"
        "        with socket.socket() as probe:\n"
        "            assert probe.connect_ex((pair.a.host, pair.a.port)) != 0\n"
    )
    run(pytester, test, passed=2)


@pytest.mark.parametrize(
    ("marker", "error"),
    [
        ("agent=5", "there is no option 'agent'; did you mean agents?"),
        ("zzz=5", "there is no option 'zzz'; the options are version, peripheral_id, agents, first_agent"),
        ("5", "takes keywords, such as agents=50"),
        ("scenario='small', agents=5", "agents does not go with scenario, which has its own agents"),
        ("scenario='smal'", "smal"),
        ("version=26", "version must be an integer, 9 to 25, got 26"),
        ("clock='fast'", "clock must be 'real' or 'virtual', got 'fast'"),
        ("process='yes'", "process must be True or False, got 'yes'"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--cti-process",)], ids=["thread", "process"])
def test_a_wrong_marker_is_an_error_that_says_what_is_wrong(
    pytester: pytest.Pytester, options: tuple[str, ...], marker: str, error: str
) -> None:
    test = f"import pytest\n@pytest.mark.cti_server({marker})\ndef test(cti_server): pass\n"
    assert error in run(pytester, test, *options, errors=1)


def test_a_wrong_seed_of_the_run_is_refused_at_once(pytester: pytest.Pytester) -> None:
    for seed in ("-1", "x"):
        result = pytester.runpytest_subprocess("--cti-seed", seed)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["*--cti-seed: must be an integer, 0 to 18446744073709551615, got *"])


def test_a_password_is_in_no_report_of_a_wrong_option(pytester: pytest.Pytester) -> None:
    test = (
        "PASSWORD = 'ses' + 'ame'\n"
        "def test(start_cti_servers):\n"
        "    start_cti_servers(client_password=PASSWORD, agents='ten')\n"
    )
    for options in ((), ("--cti-process",)):
        printed = run(pytester, test, "--showlocals", *options, failed=1)
        assert "agents must be an integer, 0 to 100000, got 'ten'" in printed
        assert "sesame" not in printed


def test_a_password_is_in_no_report(pytester: pytest.Pytester) -> None:
    test = (
        "import pytest\n"
        "@pytest.mark.cti_server(client_password='sesame')\n"
        "def test(cti_server_pair):\n"
        "    raise ValueError\n"
    )
    for options in ((), ("--cti-process",)):
        printed = run(pytester, test, "--showlocals", *options, failed=1)
        assert [line for line in printed.splitlines() if "sesame" in line and "pytest.mark" not in line] == []
