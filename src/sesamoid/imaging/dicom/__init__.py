"""DICOM files and series into images: pixels, calibrated regions, spacing, times, geometry."""

from sesamoid.imaging.dicom.read import has_pixels, is_slice, read_dicom, read_series

__all__ = ["has_pixels", "is_slice", "read_dicom", "read_series"]
