"""The plan of connection attempts: which side is tried, and after which wait."""

import random
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctios_fast.connection.sides import QUICK_WAITS, WAITS, Attempt, Plan, Side

A = Side("A", "cg-a.example", 42027)
B = Side("B", "cg-b.example", 43027)


def plan(
    sides: tuple[Side, ...] = (A, B),
    first: Side = A,
    *,
    clients: int = 100,
    rounds: int | None = None,
    seed: int = 1,
    limit: int = 100,
) -> list[Attempt]:
    return list(islice(Plan(sides, first, clients=clients, rounds=rounds, rng=random.Random(seed)), limit))


def test_the_plan_has_the_documented_waits() -> None:
    found = plan(limit=16)
    wait = random.Random(1).uniform(0, 10)
    delays = [0, wait, 15, 30, 60, 120, 120, 120]
    assert [(a.side.name, a.delay) for a in found] == [
        pair for delay in delays for pair in (("A", delay), ("B", 0))
    ]
    assert not any(a.final for a in found)
    assert WAITS == (15, 30, 60, 120)


def test_the_last_good_side_is_first_in_every_round() -> None:
    assert [a.side for a in plan(first=B, limit=8)] == [B, A] * 4


def test_a_single_side_is_tried_with_the_same_waits() -> None:
    found = plan((A,), limit=8)
    assert {a.side for a in found} == {A}
    assert [a.delay for a in found][2:] == [15, 30, 60, 120, 120, 120]


def test_after_a_switch_the_waits_begin_with_a_second_and_end_like_the_others() -> None:
    rng = random.Random(1)
    found = list(islice(Plan((A,), A, clients=0, rounds=None, rng=rng, waits=QUICK_WAITS), 12))
    assert [attempt.delay for attempt in found] == [0, 0, 1, 2, 4, 8, 15, 30, 60, 120, 120, 120]


def test_a_limit_for_the_waits_holds_for_the_random_one_too() -> None:
    rng = random.Random(1)
    found = list(islice(Plan((A,), A, clients=100_000, rounds=None, rng=rng, max_wait=20.0), 5))
    delays = [attempt.delay for attempt in found]
    assert 0 < delays[1] <= 20
    assert [delays[0], *delays[2:]] == [0, 15, 20, 20]


def test_a_side_that_is_postponed_is_tried_at_the_end_of_its_round() -> None:
    found = Plan((A, B), A, clients=0, rounds=1, rng=random.Random(1))
    assert next(found) == Attempt(A, 0.0, final=False)
    found.postpone()
    assert list(found) == [Attempt(B, 0.0, final=False), Attempt(A, 0.0, final=True)]


def test_a_side_that_is_postponed_at_the_end_of_its_round_is_left_out() -> None:
    found = Plan((A, B), A, clients=0, rounds=None, rng=random.Random(1))
    assert [next(found).side for _ in range(2)] == [A, B]
    found.postpone()
    assert [next(found).side for _ in range(2)] == [A, B]


@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_the_last_attempt_of_a_limited_plan_is_marked(rounds: int) -> None:
    found = plan(rounds=rounds)
    assert len(found) == 2 * rounds
    assert [a.final for a in found] == [False] * (2 * rounds - 1) + [True]


@given(clients=st.integers(1, 100_000), seed=st.integers())
def test_the_random_wait_is_up_to_a_tenth_of_a_second_for_each_client(clients: int, seed: int) -> None:
    wait = plan(clients=clients, seed=seed, limit=3)[2].delay
    assert 0 <= wait <= clients / 10


def test_clients_spread_their_return_over_the_wait() -> None:
    waits = sorted(plan(clients=1000, seed=seed, limit=3)[2].delay for seed in range(1000))
    assert waits[0] < 1
    assert waits[-1] > 99
    assert 45 < waits[500] < 55


def test_the_text_of_a_side_is_its_address() -> None:
    assert str(A) == "cg-a.example:42027"
