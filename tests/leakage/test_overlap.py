from hypothesis import given
from hypothesis import strategies as st

from sarbench.leakage import Overlap, clean_ids, clusters, matrix, shared_clusters, shared_ids

SHOWN = st.dictionaries(st.text("abcd", min_size=1, max_size=3), st.sampled_from("uvwxyz"), max_size=8)
KEYS = list("abcdefgh")
PAIRS = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=12)


@given(PAIRS, st.randoms())
def test_clusters_are_connected_components_in_any_order(pairs: list[tuple[str, str]], random: object) -> None:
    found = clusters(KEYS, pairs)
    shuffled = [pair[::-1] for pair in pairs]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert clusters(reversed(KEYS), shuffled) == found
    assert sorted(key for group in found for key in group) == KEYS
    reach = {key: {key} for key in KEYS}  # the oracle: spread until nothing changes
    for _ in KEYS:
        for one, other in pairs:
            both = reach[one] | reach[other]
            for key in both:
                reach[key] = reach[key] | both
    assert {frozenset(group) for group in found} == {frozenset(group) for group in reach.values()}


@given(SHOWN, SHOWN)
def test_clean_and_shared_split_the_images(test: dict[str, str], training: dict[str, str]) -> None:
    clean, shared = clean_ids(test, [training]), shared_ids(test, training)
    assert sorted(clean + shared) == sorted(test)
    assert all(test[image] not in training.values() for image in clean)
    assert matrix({"t": test, "s": training})["t"]["s"] == Overlap(len(shared), len(test))


@given(SHOWN)
def test_a_split_shares_with_itself_what_it_shows_twice(shown: dict[str, str]) -> None:
    twice = [image for image, cluster in shown.items() if list(shown.values()).count(cluster) > 1]
    assert matrix({"s": shown})["s"]["s"].images == len(twice)


def test_clean_against_nothing_is_everything() -> None:
    assert clean_ids({"b": "1", "a": "2"}, []) == ["a", "b"]


def test_shared_clusters_name_every_place() -> None:
    splits = {"one": {"b": "x", "a": "x", "c": "y"}, "two": {"a": "x", "d": "z"}}
    assert shared_clusters(splits) == {"x": [("one", "a"), ("one", "b"), ("two", "a")]}
