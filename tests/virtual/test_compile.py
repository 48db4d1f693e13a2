"""Machine code that is kept belongs to the sources that are here now."""

from __future__ import annotations

from sesamoid.virtual import compile as compiling
from sesamoid.virtual.body.fill_kernels import fill


def test_kept_machine_code_is_named_after_its_sources():
    name = fill._cache._impl.filename_base
    assert name.endswith(compiling._sources())


def test_any_change_of_a_part_gives_another_name(tmp_path, monkeypatch):
    """Numba alone would go on with a kernel whose inlined part has changed."""
    (tmp_path / "compile.py").write_text("flags = 1")
    (tmp_path / "parts_kernels.py").write_text("from sesamoid.virtual.compile import inlined")
    (tmp_path / "person.py").write_text("pass")
    monkeypatch.setattr(compiling, "__file__", str(tmp_path / "compile.py"))
    digest = compiling._sources.__wrapped__
    first = digest()
    (tmp_path / "person.py").write_text("other")
    assert digest() == first
    with (tmp_path / "parts_kernels.py").open("a") as file:
        file.write("\nx = 1")
    assert digest() != first
