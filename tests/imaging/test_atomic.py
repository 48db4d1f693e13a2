from __future__ import annotations

from pathlib import Path

import pytest

from sesamoid.errors import OutputError
from sesamoid.imaging import atomic_path


def fail_halfway(target: Path) -> None:
    with atomic_path(target) as path:
        path.write_text("half")
        raise ValueError("broken")


def test_the_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "report.csv"
    with atomic_path(target) as path:
        path.write_text("done")
        assert not target.exists()
    assert target.read_text() == "done"


def test_nothing_is_left_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="broken"):
        fail_halfway(tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_an_older_file_survives_a_failure(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("old")
    with pytest.raises(ValueError, match="broken"):
        fail_halfway(target)
    assert target.read_text() == "old"


def test_the_temporary_name_keeps_the_suffix(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "a.nii.gz") as path:
        assert path.name.endswith(".nii.gz")


def test_a_folder_as_destination_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="folder"), atomic_path(tmp_path):
        pass


def test_a_file_in_the_way_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="Fix:"), atomic_path(tmp_path / "file" / "a.csv"):
        pass


def test_permissions_are_those_of_a_plain_file(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("")
    with atomic_path(tmp_path / "a") as path:
        path.write_text("x")
    assert (tmp_path / "a").stat().st_mode == plain.stat().st_mode
