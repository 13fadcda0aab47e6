from hypothesis import given
from hypothesis import strategies as st

from sarbench.board.ranking import Interval, borda, rank_ranges


@st.composite
def estimates(draw):
    value = draw(st.floats(0, 1))
    if draw(st.booleans()):
        return Interval(value, None, None)
    half = draw(st.floats(0, 0.5))
    return Interval(value, value - half, value + half)


tables = st.lists(estimates(), min_size=1, max_size=7)


@given(tables)
def test_rank_ranges_follow_the_published_rule(table):
    for mine, found in zip(table, rank_ranges(table), strict=True):
        known = [other for other in table if other.low is not None]
        beaten_by = sum(mine.high is not None and other.low > mine.high for other in known)
        beats = sum(mine.low is not None and other.high < mine.low for other in known)
        assert (found.best, found.worst) == (1 + beaten_by, len(table) - beats)
        assert 1 <= found.best <= found.worst <= len(table)


@given(tables)
def test_the_rank_by_value_lies_in_the_range(table):
    for mine, found in zip(table, rank_ranges(table), strict=True):
        assert found.best <= 1 + sum(other.value > mine.value for other in table) <= found.worst


def test_an_estimate_without_limits_may_hold_any_rank():
    table = [Interval(0.9, 0.85, 0.95), Interval(0.5, None, None), Interval(0.1, 0.05, 0.15)]
    assert [str(found) for found in rank_ranges(table)] == ["1–2", "1–3", "2–3"]


@given(
    st.integers(1, 6).flatmap(lambda n: st.lists(st.lists(estimates(), min_size=n, max_size=n), min_size=1, max_size=4))
)
def test_borda_points_are_conserved_and_ranges_hold_the_rank(tasks):
    n = len(tasks[0])
    standings = borda(tasks)
    assert sum(each.points for each in standings) == len(tasks) * n * (n - 1) / 2
    for mine in standings:
        assert mine.rank == 1 + sum(other.points > mine.points for other in standings)
        assert mine.range.best <= mine.rank <= mine.range.worst


def test_ties_share_points_and_rank():
    same = Interval(0.5, 0.4, 0.6)
    assert [(each.rank, each.points) for each in borda([[same, same]])] == [(1, 0.5), (1, 0.5)]


def test_no_tasks_no_order():
    assert borda([]) == []


def test_a_flipped_interval_ranks_the_lower_value_higher():
    low_error, high_error = Interval(0.2, 0.1, 0.3).flipped(), Interval(0.9, 0.8, 1.0).flipped()
    assert [str(found) for found in rank_ranges([low_error, high_error])] == ["1", "2"]
