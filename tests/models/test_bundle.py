import json
from pathlib import Path

import pytest

from sesamoid.errors import ModelError
from sesamoid.models import Manifest, ModelBundle, bundle, bundles


def test_manifest_round_trip(threshold_bundle: ModelBundle) -> None:
    again = Manifest.from_json(threshold_bundle.folder / "manifest.json")
    assert again == threshold_bundle.manifest


def test_altered_weights_are_refused(threshold_bundle: ModelBundle) -> None:
    threshold_bundle.weights.write_bytes(b"something else")
    with pytest.raises(ModelError, match="SHA-256 differs"):
        threshold_bundle.verified_weights()


def test_missing_manifest_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=str(tmp_path)):
        ModelBundle.read(tmp_path)


def test_damaged_manifest_says_what_to_do(threshold_bundle: ModelBundle) -> None:
    (threshold_bundle.folder / "manifest.json").write_text("{")
    with pytest.raises(ModelError, match=r"Fix: train or download"):
        ModelBundle.read(threshold_bundle.folder)


def test_an_origin_that_is_none_is_refused(threshold_bundle: ModelBundle) -> None:
    path = threshold_bundle.folder / "manifest.json"
    content = json.loads(path.read_text())
    content["training_data"][0]["origin"] = "Real"
    path.write_text(json.dumps(content))
    with pytest.raises(ModelError, match="origin 'Real', not real or virtual"):
        ModelBundle.read(threshold_bundle.folder)


def test_a_newer_manifest_is_refused(threshold_bundle: ModelBundle) -> None:
    path = threshold_bundle.folder / "manifest.json"
    path.write_text(path.read_text().replace('"manifest_version": 1', '"manifest_version": 99'))
    with pytest.raises(ModelError, match="manifest version 99"):
        ModelBundle.read(threshold_bundle.folder)


def test_the_nerve_bundle_ships_with_its_weights() -> None:
    one = bundles()["nerve"]
    assert one.verified_weights()
    assert one.weights.stat().st_size < 8e6
    assert one.manifest.origin == "real"
    assert one.card.is_file()


def test_a_bundle_is_found_by_its_folder(threshold_bundle: ModelBundle) -> None:
    assert bundle(threshold_bundle.folder).manifest.name == "tiny"


def test_a_folder_of_the_same_name_does_not_hide_a_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nerve").mkdir()
    monkeypatch.chdir(tmp_path)
    assert bundle("nerve").manifest.name == "nerve"


def test_unknown_model_lists_the_known() -> None:
    with pytest.raises(ModelError, match="nerve"):
        bundle("no-such-model")
