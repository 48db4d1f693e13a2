"""The scanner against theory; the source of each expected figure stands beside it."""

from __future__ import annotations

import numpy as np
import pytest

from sesamoid.virtual.tissues import tissue_table
from sesamoid.virtual.ultrasound import Scanner, preset, presets
from tests.virtual.ultrasound.scenes import (
    Shape,
    cut,
    cylinder,
    index,
    layers,
    plain,
    power_db,
    short_axis,
    uniform,
)

TABLE = tissue_table()
# A tissue without inhomogeneity of its own, so that an interface is as strong everywhere.
SMOOTH = "cartilage"


def depths(grid) -> np.ndarray:
    return np.linspace(0, grid.depth_mm, grid.rows)


def interior(levels: np.ndarray) -> np.ndarray:
    """Without the outermost beams, whose aperture is cut."""
    return levels[:, 12:-12]


class TestSpeckle:
    @pytest.mark.parametrize("machine", presets(), ids=lambda machine: machine.name)
    def test_snr_of_fully_developed_speckle(self, machine):
        # Rayleigh envelope: mean / SD = sqrt(pi / (4 - pi)) = 1.913 (Burckhardt 1978).
        scanner = plain(machine.name)
        levels = scanner.levels(uniform(scanner.grid(), "blood"), seed=4)
        amplitude = 10 ** (interior(levels)[40:].astype(np.float64) / 20)
        amplitude /= amplitude.mean(axis=1, keepdims=True)
        assert amplitude.mean() / amplitude.std() == pytest.approx(1.913, rel=0.05)

    @pytest.mark.parametrize("looks", [2, 4])
    def test_compounding_raises_snr_by_the_root_of_the_looks(self, looks):
        # Mean of n independent Rayleigh envelopes: SNR x sqrt(n).
        scanner = plain(looks=looks)
        levels = scanner.levels(uniform(scanner.grid(), "blood"), seed=4)
        amplitude = 10 ** (interior(levels)[40:].astype(np.float64) / 20)
        amplitude /= amplitude.mean(axis=1, keepdims=True)
        expected = 1.913 * np.sqrt(looks)
        assert amplitude.mean() / amplitude.std() == pytest.approx(expected, rel=0.05)

    @pytest.mark.parametrize("shape", [(512, 192), (1024, 192), (512, 384)])
    @pytest.mark.parametrize("frequency_mhz", [8, 16])
    def test_mean_echo_is_the_table_s_whatever_the_sampling(self, shape, frequency_mhz):
        scanner = plain(frequency_mhz=frequency_mhz)
        grid = scanner.grid(rows=shape[0], columns=shape[1])
        levels = interior(scanner.levels(uniform(grid, "blood"), seed=2))
        depth = depths(grid)
        way = 2 * TABLE.attenuation[index("blood")] * frequency_mhz * depth / 10
        amplitude = 10 ** ((levels + way[:, None])[depth > 2].astype(np.float64) / 20)
        found = 20 * np.log10(amplitude.mean())
        assert found == pytest.approx(TABLE.echogenicity_db[index("blood")], abs=1.0)

    def test_moves_with_the_tissue(self):
        scanner = plain()
        grid = scanner.grid()
        step = grid.spacing_mm[1]
        here, there = (
            interior(scanner.levels(uniform(grid, "fat", pose=short_axis(x=x)), seed=1))
            for x in (0.0, step)
        )
        assert alike(here[:, 1:], there[:, :-1]) > 0.97
        assert alike(here, there) < 0.8

    def test_changes_gradually_while_the_probe_slides(self):
        scanner = plain()
        grid = scanner.grid()

        def at(z: float) -> np.ndarray:
            return interior(scanner.levels(uniform(grid, "fat", pose=short_axis(z=z)), seed=1))

        first = at(0.0)
        assert alike(first, at(0.03)) > 0.8
        assert 0.3 < alike(first, at(0.2)) < 0.8
        # A cell of fat is 0.5 mm long; what stays alike after 1.5 mm is its slow inhomogeneity.
        assert alike(first, at(1.5)) < 0.3

    def test_blood_is_another_after_a_while_and_muscle_is_not(self):
        scanner = plain()
        grid = scanner.grid()

        def after(tissue: str, time_s: float) -> float:
            section = uniform(grid, tissue)
            first = scanner.levels(section, seed=1)
            return alike(first, scanner.levels(section, seed=1, time_s=time_s))

        assert after("blood", 0.005) > 0.5
        assert abs(after("blood", 0.2)) < 0.1
        assert after("muscle", 0.2) > 0.999


def alike(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation of the speckle: each row's mean, which depth decides, is taken away."""
    a, b = (x - x.mean(axis=1, keepdims=True) for x in (one, other))
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


class TestResolution:
    @pytest.mark.parametrize("shape", [(512, 192), (2048, 768)])
    @pytest.mark.parametrize("depth_mm", [6.0, 10.0, 18.0])
    @pytest.mark.parametrize("machine", presets(), ids=lambda machine: machine.name)
    def test_point_is_as_wide_as_the_set_point_spread(self, shape, depth_mm, machine):
        # At -6 dB: axial = cycles x wavelength / 2, lateral = 0.89 wavelength F at the focus.
        scanner = plain(machine.name, focus_mm=10.0)
        grid = scanner.grid(rows=shape[0], columns=shape[1])
        section = uniform(grid, "gel")
        row, column = round(depth_mm / grid.spacing_mm[0]), shape[1] // 2
        # Only the top of this needle faces the beam.
        section.tissue[row:, column] = index("bone")
        section.facing[:] = 0
        section.facing[row - 1 : row + 1, column] = 1
        levels = scanner.levels(section)
        depth = np.array([row * grid.spacing_mm[0]])
        axial = width_at_half(levels[:, column], row) * grid.spacing_mm[0]
        lateral = width_at_half(levels[row], column) * grid.spacing_mm[1]
        spread = scanner.point_spread
        assert axial == pytest.approx(spread.axial_mm, rel=0.1)
        assert lateral == pytest.approx(float(spread.lateral_at(depth)[0]), rel=0.1)

    def test_higher_frequency_is_finer(self):
        coarse, fine = (plain(frequency_mhz=f).point_spread for f in (9, 18))
        assert fine.axial_mm == pytest.approx(coarse.axial_mm / 2)
        assert fine.lateral_mm == pytest.approx(coarse.lateral_mm / 2)


def width_at_half(levels: np.ndarray, peak: int) -> float:
    """Full width at -6.02 dB around a peak, in samples.

    A Gaussian is a parabola in dB, so three samples give its top and its width.
    """
    a, b, c = levels[peak - 1 : peak + 2].astype(np.float64)
    curvature = (a + c) / 2 - b
    return float(2 * np.sqrt(20 * np.log10(0.5) / curvature))


class TestPropagation:
    @pytest.mark.parametrize("tissue", ["muscle", "fat", "synovium"])
    @pytest.mark.parametrize("frequency_mhz", [8.0, 14.0])
    def test_attenuation_is_two_alpha_f(self, tissue, frequency_mhz):
        scanner = plain(frequency_mhz=frequency_mhz)
        grid = scanner.grid()
        section = uniform(grid, tissue)
        power = np.mean(
            [10 ** (interior(scanner.levels(section, seed=s)) / 10.0) for s in range(6)],
            axis=(0, 2),
        )
        depth = depths(grid)
        inside = (depth > 2) & (depth < 23)
        slope = -np.polyfit(depth[inside] / 10, 10 * np.log10(power[inside]), 1)[0]
        expected = 2 * TABLE.attenuation[index(tissue)] * frequency_mhz
        assert slope == pytest.approx(expected, rel=0.05)

    @pytest.mark.parametrize("machine", presets(), ids=lambda machine: machine.name)
    def test_bone_casts_a_shadow_of_30_db(self, machine):
        scanner = Scanner(machine)
        grid = scanner.grid()
        section = uniform(grid, "muscle")
        depth = depths(grid)
        half = grid.columns // 2
        section.tissue[depth > 6, :half] = index("bone")
        levels = scanner.levels(section)
        behind = (depth > 9) & (depth < 11)
        shadow = power_db(levels[behind, 20 : half - 25])
        beside = power_db(levels[behind, half + 25 : -20])
        assert beside - shadow > 30

    @pytest.mark.parametrize("tissue", ["fluid", "blood"])
    def test_enhancement_behind_fluid_is_the_attenuation_it_spares(self, tissue):
        scanner = plain()
        grid = scanner.grid()
        depth = depths(grid)
        thick_mm = 4.0
        without = uniform(grid, "muscle")
        section = uniform(grid, "muscle")
        section.tissue[(depth > 5) & (depth < 5 + thick_mm), 60:130] = index(tissue)
        behind = (depth > 11) & (depth < 15)
        enhanced, plainly = (
            power_db(scanner.levels(each, seed=1)[behind, 75:115]) for each in (section, without)
        )
        spared = TABLE.attenuation[index("muscle")] - TABLE.attenuation[index(tissue)]
        expected = 2 * spared * 12.0 * thick_mm / 10
        assert enhanced - plainly == pytest.approx(expected, abs=0.5)

    def test_shadow_at_the_sides_of_a_tendon(self):
        # Refraction where the beam grazes a wall with another speed of sound.
        scanner = plain(depth_mm=25.0)
        grid = scanner.grid()
        section = cut(short_axis(), grid, [Shape(cylinder(0.0, -7.0, 3.0, 3.0), "tendon")], "fat")
        levels = np.stack([scanner.levels(section, seed=s) for s in range(6)])
        x = np.linspace(-grid.width_mm / 2, grid.width_mm / 2, grid.columns)
        behind = (depths(grid) > 12) & (depths(grid) < 18)
        at = {
            name: power_db(levels[:, behind][:, :, (np.abs(x) > low) & (np.abs(x) < high)])
            for name, (low, high) in {"edge": (2.5, 3.0), "outside": (5.0, 8.0)}.items()
        }
        assert at["edge"] < at["outside"] - 3

    def test_multiple_of_a_bone_at_twice_its_depth(self):
        scanner = plain()
        grid = scanner.grid()
        levels = scanner.levels(layers(grid, ("gel", 8.0), ("bone", 99.0)))
        profile = interior(levels).mean(axis=1)
        first = int(np.argmax(profile))
        again = 2 * first
        assert profile[again] > profile[again - 30 : again - 15].max() + 10
        # Face and bone once more: fainter than the first.
        assert profile[again] < profile[first] - 10


class TestInterfaces:
    def test_tendon_darkens_by_the_power_of_the_cosine(self):
        # |echo| ~ cos^n(tilt), n of the tissue table (facts 1.5: n about 20 to 40).
        scanner = plain()
        grid = scanner.grid()
        exponent = TABLE.anisotropy_exponent[index("tendon")]
        means = {
            tilt: power_db(
                interior(scanner.levels(uniform(grid, "tendon", tilt_deg=tilt), seed=1))[80:200]
            )
            for tilt in (0, 5, 10, 15, 20)
        }
        for tilt, mean in means.items():
            expected = 20 * exponent * np.log10(np.cos(np.deg2rad(tilt)))
            assert mean - means[0] == pytest.approx(expected, abs=0.7), tilt

    def test_tendon_along_the_beam_is_not_quite_void(self):
        scanner = plain()
        grid = scanner.grid()
        along, across = (
            power_db(interior(scanner.levels(uniform(grid, "tendon", tilt_deg=t), seed=1))[80:200])
            for t in (90, 0)
        )
        assert along - across == pytest.approx(-30, abs=2)

    def test_echo_of_a_plane_falls_with_the_angle(self):
        scanner = plain()
        grid = scanner.grid()
        peaks = []
        for cosine in (1.0, 0.94, 0.77):
            section = layers(grid, ("fluid", 8.0), ("fascia", 8.4), ("fluid", 99.0))
            section.facing[:] = cosine
            section.fibre[:] = 1  # no scatterers: the interface alone
            peaks.append(interior(scanner.levels(section)).mean(axis=1).max())
        specular, diffuse = TABLE.specular[index("fascia")], TABLE.diffuse[index("fascia")]
        for cosine, peak in zip((0.94, 0.77), peaks[1:], strict=True):
            weight = (1 - diffuse) * cosine**specular + diffuse * cosine
            assert peak - peaks[0] == pytest.approx(20 * np.log10(weight), abs=1.0)

    def test_no_interface_within_one_tissue(self):
        # R = 0 must not reflect: facing alone makes no echo.
        scanner = plain()
        grid = scanner.grid()
        facing = uniform(grid, "blood")
        averted = uniform(grid, "blood")
        averted.facing[:] = 0
        np.testing.assert_array_equal(scanner.levels(facing), scanner.levels(averted))

    @pytest.mark.parametrize("slope", [0.2, -0.2, 0.4, -0.4])
    def test_slope_is_a_smooth_line_and_no_stairs(self, slope):
        scanner = plain()
        grid = scanner.grid()
        x = np.linspace(-grid.width_mm / 2, grid.width_mm / 2, grid.columns)[None]

        def ridge(slope: float) -> np.ndarray:
            section = uniform(grid, "fluid")
            section.tissue[depths(grid)[:, None] > 12 + slope * x] = index(SMOOTH)
            return interior(scanner.levels(section)).max(axis=0)

        # A beam of width w meets a slope over slope x w of depth, which lowers a pulse of length l
        # by the square root of 1 + (slope w / l)^2.
        spread = scanner.point_spread
        wide = float(spread.lateral_at(np.array([12.0]))[0])
        lower = 10 * np.log10(1 + (slope * wide / spread.axial_mm) ** 2)
        assert power_db(ridge(slope)) == pytest.approx(power_db(ridge(0.0)) - lower, abs=2.5)
        # The beam widens away from the focus: what is left without that trend are the stairs.
        beams = np.arange(grid.columns - 24)
        trend = np.polyval(np.polyfit(beams, ridge(slope), 3), beams)
        assert (ridge(slope) - trend).std() < 1.5  # speckle's own is 5.6 dB


def test_order_of_echogenicity():
    # Facts 1.2 and notes: fluid < muscle < nerve < tendon < bone surface.
    scanner = Scanner(preset("aster-a3"))
    grid = scanner.grid()
    near = (depths(grid) > 2) & (depths(grid) < 5)

    def mean(tissue: str) -> float:
        levels = np.stack([scanner.levels(uniform(grid, tissue), seed=s) for s in range(3)])
        return float(power_db(levels[:, near, 12:-12]))

    # Half fascicles, half epineurium.
    nerve = power_db([mean("fascicle"), mean("epineurium")])
    bone = layers(grid, ("muscle", 4.0), ("cortex", 5.0), ("bone", 99.0))
    surface = power_db(interior(scanner.levels(bone)).max(axis=0))
    order = [mean("fluid"), mean("muscle"), nerve, mean("tendon"), surface]
    assert order == sorted(order)
    assert min(np.diff(order)) > 2
