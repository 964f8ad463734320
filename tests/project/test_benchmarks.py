"""The arithmetic of the benchmarks: ratios of pairs, verdicts on two revisions, pages of results."""

import json
import platform
import re
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
sys.path.append(str(ROOT))  # at the end, so that an installed package stays the tested one

from benchmarks.compare import judge_counts, judge_pairs  # noqa: E402
from benchmarks.measure import BOUND, OURS, Comparison, Side, measure, paired, ratio, ready  # noqa: E402
from benchmarks.paired import chosen  # noqa: E402
from benchmarks.paired import main as paired_main  # noqa: E402
from benchmarks.report import collected, merged, page, seconds  # noqa: E402
from benchmarks.targets import TARGETS, Target  # noqa: E402
from benchmarks.test_comparisons import MovedTimer  # noqa: E402


class TestRatios:
    def test_the_ratio_is_the_median_of_the_ratios_of_the_pairs(self):
        found = ratio([(10, 1), (20, 10), (30, 10)])
        assert found.median == 3
        assert (found.numerator, found.denominator) == (20, 10)

    def test_added_cost_is_the_excess_over_the_second_side(self):
        assert ratio([(18, 10), (18, 10)], added=True).median == pytest.approx(0.8)

    def test_one_bad_pair_does_not_change_the_ratio(self):
        assert ratio([(2, 1)] * 9 + [(900, 1)]).median == 2

    def test_the_spread_is_the_quartiles(self):
        found = ratio([(value, 1) for value in (1, 2, 3, 4, 5, 6, 7)])
        assert (found.low, found.median, found.high) == (2, 4, 6)

    def test_sides_go_first_in_turns_and_the_first_pair_does_not_count(self):
        order: list[str] = []

        def side(name: str) -> Side:
            def work() -> dict[str, float]:
                order.append(name)
                return {"wall": float(len(order))}

            return Side(name, OURS, ready(lambda: work))

        pairs = paired(side("a"), side("b"), seconds=0, min_pairs=2)
        assert order == ["b", "a", "a", "b", "b", "a"]
        assert [pair["wall"] for pair in pairs] == [(3.0, 4.0), (6.0, 5.0)]

    def test_a_round_is_measured_per_unit(self):
        def work() -> int:
            return sum(1 for _ in range(100_000))

        assert measure(work)["cpu"] < measure(lambda: work() and 1)["cpu"]

    def test_a_round_without_work_is_an_error(self):
        with pytest.raises(AssertionError):
            measure(lambda: 0)


class TestTargets:
    @pytest.mark.parametrize(
        ("target", "reached", "missed"),
        [(Target("", "", "", "", at_least=5), 5, 4.99), (Target("", "", "", "", at_most=0.8), 0.8, 0.81)],
    )
    def test_bounds_are_inclusive(self, target: Target, reached: float, missed: float):
        assert target.met(reached)
        assert not target.met(missed)

    def test_each_target_names_two_sides_and_one_bound(self):
        from benchmarks.comparisons import by_name

        for target in TARGETS:
            comparison = by_name()[target.comparison]
            assert comparison.side(target.above) != comparison.side(target.below)
            assert (target.at_least is None) != (target.at_most is None)

    def test_target_texts_are_unique(self):
        assert len({target.row for target in TARGETS}) == len(TARGETS)


class TestCounts:
    def test_equal_counts_pass(self):
        counts = {"split": 100.0, "encode": 2000.0}
        assert not any(verdict.regression for verdict in judge_counts(counts, counts))

    @pytest.mark.parametrize(("after", "regression"), [(103.0, False), (103.1, True), (50.0, False)])
    def test_three_per_cent_more_is_allowed(self, after: float, regression: bool):
        (verdict,) = judge_counts({"split": 100.0}, {"split": after})
        assert verdict.regression is regression
        assert verdict.ratio == pytest.approx(after / 100)

    def test_a_new_kernel_is_reported_and_is_not_a_regression(self):
        (verdict,) = judge_counts({}, {"split": 100.0})
        assert (verdict.regression, verdict.remark) == (False, "new")

    def test_a_kernel_that_cannot_be_counted_any_more_is_a_regression(self):
        (verdict,) = judge_counts({"split": 100.0}, {})
        assert (verdict.regression, verdict.remark) == (True, "gone")

    def test_a_gain_does_not_hide_a_loss(self):
        verdicts = judge_counts({"a": 100.0, "b": 100.0}, {"a": 10.0, "b": 110.0})
        assert [verdict.regression for verdict in verdicts] == [False, True]


class TestPairs:
    @pytest.mark.parametrize(
        ("ratios", "regression"),
        [
            ([1.0] * 7, False),
            ([1.5] * 7, True),
            ([0.9, 0.95, 1.0, 1.0, 1.05, 3.0, 9.0], False),  # a few bad moments
            ([0.8, 0.9, 1.0, 1.5, 1.5, 1.5, 1.5], False),  # noise as large as the loss
            ([1.15] * 7, False),  # cannot be distinguished from noise
            ([1.0, 1.25, 1.25, 1.3, 1.3, 1.4, 2.0], True),
        ],
    )
    def test_a_regression_is_slower_by_median_and_in_most_pairs(self, ratios: list[float], regression: bool):
        verdict = judge_pairs("x", [(1e-6, value * 1e-6) for value in ratios])
        assert verdict.regression is regression


def results_of(python: str, monkeypatch: pytest.MonkeyPatch, nanoseconds: float = 100.0) -> dict[str, Any]:
    monkeypatch.setattr("platform.python_version", lambda: python)
    value = nanoseconds / 1e9
    row = {
        "group": "events",
        "stats": {"rounds": 3, "min": value},
        "extra_info": {
            "side": "typed", "kind": OURS, "unit": "event", "figure": "cpu", "medians": {"cpu": value},
        },
    }  # fmt: skip
    tables = {"benchmarks": [row], "machine_info": {"cpu": {"brand_raw": "A CPU", "count": 2}}}
    target = {
        "row": "faster", "wanted": "≥ 5", "met": nanoseconds < 150, "median": 4.5, "low": 4, "high": 5,
        "numerator": 5e-7, "denominator": value,
    }  # fmt: skip
    return collected(tables, {"rows": [target]}, "01234567")


class TestReport:
    def test_each_interpreter_has_a_column_and_a_new_run_replaces_it(self, monkeypatch):
        results: dict[str, Any] = {}
        for python, nanoseconds in (("3.13.0", 90.0), ("3.9.1", 1.0), ("3.11.7", 100.0), ("3.13.1", 80.0)):
            results = merged(results, results_of(python, monkeypatch, nanoseconds))
        assert list(results) == ["3.9", "3.11", "3.13"]
        assert results["3.13"]["python"] == "3.13.1"
        assert results["3.13"]["comparisons"]["events"]["sides"]["typed"]["cpu"] == pytest.approx(80e-9)

    def test_the_page_shows_reached_and_missed_targets(self, monkeypatch):
        results = merged({}, results_of("3.11.7", monkeypatch))
        results = merged(results, results_of("3.12.1", monkeypatch, 200.0))
        lines = page(results).splitlines()
        assert (
            "CPython 3.11.7 (revision 01234567), 3.12.1 (revision 01234567); "
            f"A CPU, 2 cores, {platform.system()}. Protocol version 25."
        ) in lines
        assert "| faster | ≥ 5 | 4.5 ✓ | **4.5** | 4 to 5 | 500 ns, 100 ns |" in lines
        assert "| typed (ours) | 100 ns | 200 ns |" in lines

    def test_the_page_in_docs_is_generated_from_its_json_file(self):
        docs = ROOT / "docs"
        stored = json.loads((docs / "benchmarks.json").read_text(encoding="utf-8"))
        assert (docs / "benchmarks.md").read_text(encoding="utf-8") == page(stored)

    @pytest.mark.parametrize(
        ("value", "shown"), [(2e-9, "2 ns"), (1.234e-6, "1.23 µs"), (0.0285, "28.5 ms"), (8.61, "8.61 s")]
    )
    def test_times_have_readable_units(self, value: float, shown: str):
        assert seconds(value) == shown


def test_the_timer_of_the_tables_moves_only_by_advance():
    timer = MovedTimer()
    before = timer()
    timer.now += 1.5
    assert timer() - before == 1.5


@pytest.mark.parametrize("words", [["three"], ["fields", "no such word"]])
def test_paired_reports_words_that_no_row_contains(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert paired_main(words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"no row contains {' and '.join(map(repr, words))}; the rows are:" in shown.err
    assert all(target.row in shown.err for target in TARGETS)


def test_the_words_of_paired_in_the_pages_select_rows() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    commands = re.findall(r"python -m benchmarks\.paired ([^#\n]+)", text)
    assert commands
    for words in commands:
        assert chosen(words.split())


def test_a_comparison_finds_its_sides_by_name():
    side = Side("bare call", BOUND, ready(lambda: lambda: 1))
    assert Comparison("c", "event", (side,)).side("bare call") is side
    with pytest.raises(StopIteration):
        Comparison("c", "event", (side,)).side("another")
