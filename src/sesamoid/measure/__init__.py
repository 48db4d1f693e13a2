"""Geometry to clinical numbers: pure functions on masks with (row, column) spacing.

Lengths come out in the spacing's unit; nothing here knows an application or a clinical limit.
"""

from sesamoid.measure.axes import Ellipse, ellipse_axes, flattening_ratio, short_and_long_axis
from sesamoid.measure.calipers import Caliper, feret
from sesamoid.measure.checks import PIXELS, Spacing
from sesamoid.measure.detection import Detections, match
from sesamoid.measure.distance import distance_between
from sesamoid.measure.echogenicity import RelativeEchogenicity, relative_echogenicity
from sesamoid.measure.instances import instances, instances_by_class
from sesamoid.measure.overlap import dice, hausdorff_95, iou, normalised_surface_dice
from sesamoid.measure.perimeter import circularity, outlines, perimeter
from sesamoid.measure.plane_aspects import of_category, tendons_across
from sesamoid.measure.plane_evidence import PlaneEvidence, part_visibility
from sesamoid.measure.plane_grade import plane_grade
from sesamoid.measure.quality import image_quality, quality_rule
from sesamoid.measure.size import area, centroid, depth
from sesamoid.measure.uncertainty import area_interval, axis_interval

__all__ = [
    "PIXELS",
    "Caliper",
    "Detections",
    "Ellipse",
    "PlaneEvidence",
    "RelativeEchogenicity",
    "Spacing",
    "area",
    "area_interval",
    "axis_interval",
    "centroid",
    "circularity",
    "depth",
    "dice",
    "distance_between",
    "ellipse_axes",
    "feret",
    "flattening_ratio",
    "hausdorff_95",
    "image_quality",
    "instances",
    "instances_by_class",
    "iou",
    "match",
    "normalised_surface_dice",
    "of_category",
    "outlines",
    "part_visibility",
    "perimeter",
    "plane_grade",
    "quality_rule",
    "relative_echogenicity",
    "short_and_long_axis",
    "tendons_across",
]
