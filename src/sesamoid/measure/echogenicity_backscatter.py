"""Grey levels to backscatter in dB, by a picture of a phantom taken with the same settings."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from sesamoid.errors import DataError, SesamoidError
from sesamoid.imaging import atomic_path
from sesamoid.measure.checks import checked_mask, same_shape
from sesamoid.measure.echogenicity_muscle import BandEcho, echogenicity_rule

FORMAT = "sesamoid-backscatter-1"

WHITE_GREY = 255.0

SMOOTHED_MM = 4.0
"""Length over which the phantom's depth profile is averaged [P]: longer than speckle, shorter than
a focal zone."""

MINIMAL_ROW_PIXELS = 20
"""Phantom pixels that a row needs to count [P]."""


@dataclass(frozen=True)
class BackscatterCalibration:
    """How a scanner with fixed settings turns backscatter into grey levels.

    Parameters
    ----------
    db_per_grey : float
        Dynamic range over the 255 grey steps.
    phantom_db : float
        Backscatter of the phantom, in dB against `reference`.
    reference : str
        What 0 dB is, e.g. ``"the phantom"`` or ``"1e-4 /(cm sr) at 7 MHz"``.
    settings : str
        Machine, probe, preset, gain, depth: the calibration holds for these alone.
    depth_mm : tuple of float
        Increasing; from the top of the scan.
    phantom_grey : tuple of float
        Mean grey level of the phantom at these depths.

    Notes
    -----
    Model: grey = offset(depth) + (dB / `db_per_grey`), with the offset taken from a homogeneous
    phantom depth by depth, so that gain, time-gain compensation and focus cancel. The linear map
    follows Zaidman 2008 [R:Zaid08]. It is wrong

    - where the scanner's grey map is not linear in dB (post-processing curves),
    - for pixels at the ends of the scale: images with many are refused,
    - by the difference in attenuation between the phantom and the tissue above the muscle, about
      twice that difference times the depth: compare superficial thirds, and like depths,
    - where echo is not fully developed speckle: means of grey are means of logarithms, and the
      2.5 dB by which these fall short cancels only between like statistics.
    """

    db_per_grey: float
    phantom_db: float
    reference: str
    settings: str
    depth_mm: tuple[float, ...]
    phantom_grey: tuple[float, ...]

    @classmethod
    def from_phantom(
        cls,
        grey: NDArray[np.generic],
        region: NDArray[np.generic],
        *,
        phantom_db: float,
        dynamic_range_db: float,
        row_mm: float,
        reference: str,
        settings: str,
        top_row: int = 0,
    ) -> BackscatterCalibration:
        """Calibrate on one picture of a homogeneous phantom.

        Parameters
        ----------
        grey : ndarray of shape (rows, columns)
            Grey levels 0..255 as stored.
        region : ndarray of shape (rows, columns)
            Even part of the phantom.
        phantom_db : float
            Its backscatter against `reference`; 0 where the phantom itself is the reference.
        dynamic_range_db : float
            Of the log compression, as the scanner shows it.
        row_mm : float
            Distance of two rows.
        reference, settings : str
            See the class.
        top_row : int
            Row at which the scan starts (the probe's face).

        Raises
        ------
        SesamoidError
            A dynamic range or spacing that is not positive, a region that clips or is too small.
        """
        inside = checked_mask(region)
        same_shape(grey, region)
        for name, value in (("dynamic range", dynamic_range_db), ("row spacing", row_mm)):
            if not (np.isfinite(value) and value > 0):
                raise SesamoidError(f"the {name} of {value} is not above 0")
        values = np.asarray(grey, dtype=float)
        rule = echogenicity_rule()["clipped"]
        own = values[inside]
        clipped = float(((own <= rule["black_grey"]) | (own >= rule["white_grey"])).mean())
        _refuse_clipped(clipped, "the phantom")
        counts = inside.sum(axis=1)
        rows = np.flatnonzero(counts >= MINIMAL_ROW_PIXELS)
        if len(rows) < 2:
            raise SesamoidError(
                f"the phantom's region has {len(rows)} rows of {MINIMAL_ROW_PIXELS} pixels or more",
                fix="mark a larger even part of the phantom.",
            )
        means = np.where(inside, values, 0).sum(axis=1)[rows] / counts[rows]
        window = max(1, round(SMOOTHED_MM / row_mm))
        smooth = uniform_filter1d(means, min(window, len(rows)), mode="nearest")
        return cls(
            db_per_grey=dynamic_range_db / WHITE_GREY,
            phantom_db=float(phantom_db),
            reference=reference,
            settings=settings,
            depth_mm=tuple(float(v) for v in (rows - top_row + 0.5) * row_mm),
            phantom_grey=tuple(float(v) for v in smooth),
        )

    def db(
        self,
        grey: NDArray[np.generic],
        mask: NDArray[np.generic],
        *,
        row_mm: float,
        top_row: int = 0,
    ) -> float:
        """Mean backscatter in dB of a region of an image taken with the same settings.

        Parameters
        ----------
        grey, mask : ndarray of shape (rows, columns)
        row_mm : float
            Distance of two rows of this image.
        top_row : int
            Row at which its scan starts.

        Raises
        ------
        SesamoidError
            Too many clipped pixels, or depths that the phantom's picture did not show.
        """
        inside = checked_mask(mask)
        same_shape(grey, mask)
        rows, columns = np.nonzero(inside)
        depth = (rows - top_row + 0.5) * row_mm
        half = row_mm / 2
        if depth.min() < self.depth_mm[0] - half or depth.max() > self.depth_mm[-1] + half:
            raise SesamoidError(
                f"the region lies {depth.min():.1f} to {depth.max():.1f} mm deep; the phantom was "
                f"seen from {self.depth_mm[0]:.1f} to {self.depth_mm[-1]:.1f} mm",
                fix="calibrate on a phantom region that covers these depths.",
            )
        own = np.asarray(grey, dtype=float)[rows, columns]
        ends = echogenicity_rule()["clipped"]
        _refuse_clipped(
            float(((own <= ends["black_grey"]) | (own >= ends["white_grey"])).mean()), "the region"
        )
        apart = own - np.interp(depth, self.depth_mm, self.phantom_grey)
        return float(self.phantom_db + self.db_per_grey * apart.mean())

    def band_db(
        self, grey: NDArray[np.generic], band: BandEcho, *, row_mm: float, top_row: int = 0
    ) -> float:
        """`db` of a band of `MuscleEchogenicity`."""
        return self.db(grey, band.mask, row_mm=row_mm, top_row=top_row)

    def save(self, path: Path) -> None:
        """Write as JSON; whole or not at all."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, indent=1, ensure_ascii=False)
        with atomic_path(path) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> BackscatterCalibration:
        """Read what `save` wrote.

        Raises
        ------
        DataError
            Missing or not a calibration.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content.pop("format") != FORMAT:
                raise ValueError("another format")
            for name in ("depth_mm", "phantom_grey"):
                content[name] = tuple(float(v) for v in content[name])
            made = cls(**content)
            if len(made.depth_mm) != len(made.phantom_grey) or len(made.depth_mm) < 2:
                raise ValueError("depths and grey levels differ in number")
            if not (np.diff(made.depth_mm) > 0).all() or not made.db_per_grey > 0:
                raise ValueError("depths do not increase, or no dynamic range")
        except OSError as error:
            raise DataError(
                f"the calibration cannot be read ({error.strerror})",
                path=path,
                fix="make one with `sesamoid calibrate`.",
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"not a backscatter calibration ({error})",
                path=path,
                fix="make it again with `sesamoid calibrate`.",
            ) from None
        return made


def _refuse_clipped(share: float, what: str) -> None:
    most = echogenicity_rule()["clipped"]["most"]
    if share > most:
        raise SesamoidError(
            f"{share:.0%} of the pixels of {what} are black or white to the end of the scale, more "
            f"than {most:.0%}, so their echo is not known",
            fix="scan again with another gain.",
        )
