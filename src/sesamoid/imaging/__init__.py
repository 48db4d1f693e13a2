"""What an image is: pixels, spacing, time and provenance; readers, writers, de-identification.

`read_image` reads any supported file by its content; nothing here knows what is in the picture.
"""

from sesamoid.imaging.atomic import atomic_path
from sesamoid.imaging.audit import Audit, AuditedElement
from sesamoid.imaging.deidentify import deidentify, new_salt
from sesamoid.imaging.describe import describe
from sesamoid.imaging.detect import Format, detect_format
from sesamoid.imaging.furniture import find_scan_area
from sesamoid.imaging.geometry import Calibration, Crop, UltrasoundRegion
from sesamoid.imaging.image import Image, Modality, Provenance, orientation_letters, to_grey
from sesamoid.imaging.inputs import find_inputs
from sesamoid.imaging.masks import read_labels, read_mask
from sesamoid.imaging.outlines import Outlines
from sesamoid.imaging.read import read_each, read_frames, read_image, read_images
from sesamoid.imaging.writers import write_ultrasound_dicom

__all__ = [
    "Audit",
    "AuditedElement",
    "Calibration",
    "Crop",
    "Format",
    "Image",
    "Modality",
    "Outlines",
    "Provenance",
    "UltrasoundRegion",
    "atomic_path",
    "deidentify",
    "describe",
    "detect_format",
    "find_inputs",
    "find_scan_area",
    "new_salt",
    "orientation_letters",
    "read_each",
    "read_frames",
    "read_image",
    "read_images",
    "read_labels",
    "read_mask",
    "to_grey",
    "write_ultrasound_dicom",
]
