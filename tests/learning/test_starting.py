"""Starting weights: what is taken, what is left, what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from sesamoid.errors import ModelError
from sesamoid.learning.compact_weights import load_compact, save_compact
from sesamoid.learning.network import NetworkSettings
from sesamoid.learning.starting import Start

SMALL = NetworkSettings(
    widths=(8, 8, 16, 16, 32), blocks=(1, 1, 1, 1), decoder_widths=(16, 16, 8, 8)
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    save_compact(tmp_path / "weights.npz", SMALL.build(7).state_dict())
    return tmp_path / "weights.npz"


def test_heads_are_left_out_where_classes_are_others(path: Path) -> None:
    whole, body = Start(path).weights(), Start(path, heads=False).weights()
    assert set(whole) == set(load_compact(path))
    assert {name for name in whole if name not in body} == {
        f"decoder.heads.{number}.{kind}" for number in range(3) for kind in ("weight", "bias")
    }


def test_a_whole_state_is_a_start_too(tmp_path: Path) -> None:
    state = SMALL.build(3).state_dict()
    torch.save(state, tmp_path / "network.pt")
    found = Start(tmp_path / "network.pt").weights()
    assert all(torch.equal(found[name], value) for name, value in state.items())


def test_a_network_that_would_stay_in_part_as_it_was_made_is_refused(path: Path) -> None:
    Start(path, heads=False).require_fit(SMALL, 3)
    with pytest.raises(ModelError, match=r"6 of the network's \d+ arrays.*decoder.heads"):
        Start(path).require_fit(SMALL, 3)
    with pytest.raises(ModelError, match="the same encoder and decoder"):
        Start(path, heads=False).require_fit(replace(SMALL, blocks=(2, 1, 1, 1)), 3)


def test_other_weights_have_another_fingerprint(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "weights.npz"
    save_compact(other, SMALL.build(7).state_dict())
    starts = (Start(path), Start(path, heads=False), Start(other))
    assert len({one.fingerprint for one in starts}) == 3
