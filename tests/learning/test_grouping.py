import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesamoid.imaging.raw_dataset import RawDataset, load_case
from sesamoid.learning.grouping import grouped_draws, grouped_folds, similarity_groups
from sesamoid.virtual import nerve_phantom
from tests.conftest import real_data


def test_shifted_and_mirrored_frames_belong_together() -> None:
    one, other = nerve_phantom(0).pixels, nerve_phantom(7).pixels
    shifted = np.roll(one, 20, axis=1)[:, 20:]
    groups = similarity_groups([one, other, shifted, one[:, ::-1]])
    assert groups[0] == groups[2] == groups[3]


def test_unrelated_noise_stays_apart() -> None:
    rng = np.random.default_rng(0)
    frames = [rng.integers(0, 255, (200, 220), dtype=np.uint8) for _ in range(4)]
    assert len(set(similarity_groups(frames))) == 4


def test_consecutive_real_frames_are_joined_and_most_are_not() -> None:
    dataset = RawDataset.read(real_data("nerve-usgra"))
    by_name = {case.name: case for case in dataset.training}
    # 0010 and 0067 show one scan (seen side by side); 0058 another region.
    frames = [load_case(by_name[n], classes=3).grey for n in ("0010", "0067", "0058")]
    groups = similarity_groups(frames)
    assert groups[0] == groups[1] != groups[2]


@given(
    groups=st.lists(st.integers(0, 30), min_size=20, max_size=120),
    folds=st.integers(2, 5),
    seed=st.integers(0, 5),
)
def test_no_group_is_divided(groups: list[int], folds: int, seed: int) -> None:
    array = np.array(groups)
    assigned = grouped_folds(array, folds=folds, seed=seed)
    for group in set(groups):
        assert len(set(assigned[array == group])) == 1


def test_folds_are_of_nearly_equal_size() -> None:
    groups = np.repeat(np.arange(100), 2)
    assigned = grouped_folds(groups, folds=5, seed=0)
    assert set(np.bincount(assigned)) == {40}


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_folds(seed: int) -> None:
    groups = np.random.default_rng(1).integers(0, 40, 150)
    np.testing.assert_array_equal(
        grouped_folds(groups, folds=5, seed=seed), grouped_folds(groups, folds=5, seed=seed)
    )


@given(
    groups=st.lists(st.integers(0, 30), min_size=20, max_size=120),
    counts=st.lists(st.integers(1, 130), min_size=1, max_size=4),
    seed=st.integers(0, 5),
)
def test_draws_are_of_whole_groups_and_lie_within_each_other(
    groups: list[int], counts: list[int], seed: int
) -> None:
    array = np.array(groups)
    draws = grouped_draws(array, sorted(counts), seed=seed)
    smaller: set[int] = set()
    for count, drawn in zip(sorted(counts), draws, strict=True):
        assert len(drawn) <= count
        assert smaller <= set(drawn.tolist())
        assert not set(array[drawn]) & set(np.delete(array, drawn))
        smaller = set(drawn.tolist())


def test_where_there_are_small_groups_a_draw_is_of_the_wanted_size() -> None:
    groups = np.concatenate([np.repeat(np.arange(10), 3), np.arange(10, 40)])
    draws = grouped_draws(groups, [20, 50], seed=0)
    assert [len(drawn) for drawn in draws] == [20, 50]
    other = grouped_draws(groups, [20, 50], seed=1)
    assert set(other[0]) != set(draws[0])
