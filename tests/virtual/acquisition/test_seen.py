"""What reaches the screen: shadow, bone line, contact, gain, depth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sesamoid.virtual.acquisition.fine_labels import fine_labels
from sesamoid.virtual.acquisition.seen import clarity, rules, see
from sesamoid.virtual.acquisition.seen_structures import Counts, seen_structures
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.tissues import tissue_table
from sesamoid.virtual.ultrasound.picture import labels_to_picture
from tests.virtual.acquisition.flat_body import BONE_MM, KEYS, TENDON_MM, FlatBody, scanner


def looked(**settings):
    machine, body = scanner(**settings), FlatBody()
    section = body.section(body.standard_pose("S4"), machine.grid())
    return section, see(section, machine, KEYS), machine


def test_nothing_is_seen_behind_bone():
    section, seen, _ = looked()
    deep = np.linspace(0, section.grid.depth_mm, section.grid.rows) > BONE_MM + 1.5
    groove = (section.structure == 2).any(axis=0)
    assert not seen.structure[deep][:, groove].any()


def test_a_bone_is_a_line_of_one_millimetre():
    section, seen, _ = looked()
    middle = seen.structure[:, section.grid.columns // 2]
    assert (middle == 2).sum() * section.grid.spacing_mm[0] == pytest.approx(1.0, abs=0.05)


def test_a_steep_bone_is_not_seen():
    machine, body = scanner(), FlatBody()
    section = body.section(body.standard_pose("S4"), machine.grid())
    steep = replace(section, facing=np.full_like(section.facing, 0.2))
    assert not (see(steep, machine, KEYS).structure == 2).any()


def test_nothing_is_seen_without_contact():
    machine, body = scanner(), FlatBody()
    section = body.section(body.standard_pose("S4"), machine.grid())
    lifted = section.gap_mm.copy()
    lifted[:60] = 9.0
    seen = see(replace(section, gap_mm=lifted), machine, KEYS)
    assert not seen.structure[:, :60].any()
    assert seen.structure[:, 60:].any()
    assert seen.contact.mean() == pytest.approx(1 - 60 / 192)


def test_a_slit_between_bones_is_dark():
    machine, body = scanner(), FlatBody()
    section = body.section(body.standard_pose("S4"), machine.grid())
    tissue, structure = section.tissue.copy(), section.structure.copy()
    row = round(8 / section.grid.spacing_mm[0])
    tissue[row - 60 :, :] = tissue[-1, 90]
    structure[row - 60 :, :] = 2
    narrow = np.s_[row - 60 :, 94 : 94 + 4]  # 4 beams of 0.13 mm
    tissue[narrow], structure[narrow] = 3, 4
    seen = see(replace(section, tissue=tissue, structure=structure), machine, KEYS)
    assert not (seen.structure[row - 40 :, 94:98] == 4).any()


@pytest.mark.parametrize(("gain_db", "expected"), [(0, 1.0), (-40, 0.0), (50, 0.0)])
def test_clarity_falls_where_the_gain_is_wrong(gain_db, expected):
    section, _, machine = looked(gain_db=gain_db)
    row = round(TENDON_MM / section.grid.spacing_mm[0])
    assert clarity(section, machine)[row].mean() == pytest.approx(expected, abs=0.05)


def test_clarity_falls_in_the_noise_at_depth():
    section, _, machine = looked(depth_mm=60.0, frequency_mhz=15.0)
    muscle = np.full_like(section.tissue, tissue_table().index("muscle"))
    shown = clarity(replace(section, tissue=muscle), machine)[:, 3]
    assert shown[60] > 0.9
    assert shown[-1] < 0.1


def test_sizes_and_depth_are_those_of_the_body():
    _, seen, _ = looked()
    found = {s.key: s for s in seen_structures(seen, Counts.of(seen, len(KEYS)), KEYS)}
    tendon = found["ecu"]
    assert tendon.area_mm2 == pytest.approx(np.pi * 2.5 * 1.5, rel=0.02)
    assert tendon.shown_mm2 == pytest.approx(tendon.area_mm2)
    assert (tendon.width_mm, tendon.height_mm) == pytest.approx((5.0, 3.0), rel=0.06)
    # The probe presses 0.5 mm into the skin.
    assert tendon.depth_mm == pytest.approx(TENDON_MM - 0.5, abs=0.05)
    assert tendon.along_mm == pytest.approx(0, abs=0.1)
    assert found["ulnar_groove"].shown_mm2 < found["ulnar_groove"].area_mm2


def test_fine_labels_lie_where_the_coarse_ones_do():
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:512, :192]
    labels = np.zeros((512, 192), np.uint8)
    for value in range(1, 12):
        row, column = rng.integers(50, 460), rng.integers(20, 170)
        labels[np.hypot((rows - row) / 40, (columns - column) / 12) < 1] = value
    fine, coarse = (f(labels, (480, 768)) for f in (fine_labels, labels_to_picture))
    assert set(np.unique(fine)) == set(np.unique(coarse))
    assert (fine == coarse).mean() > 0.995
    for value in np.unique(labels)[1:]:
        for axis in (0, 1):
            centres = [np.nonzero(x == value)[axis].mean() for x in (fine, coarse)]
            assert centres[0] == pytest.approx(centres[1], abs=0.6)


def test_every_limit_is_in_the_file():
    assert set(rules()) == {
        "bone_least_db", "slit_mm", "level_zero", "level_full", "snr_db",
        "dropout_share", "cut_share", "deeper", "reference_least",
    }  # fmt: skip
    # The height of a bone's line is the body's: one table for what is labelled and what is tested.
    assert set(load_table("visibility")) == {"bone_line_mm"}
