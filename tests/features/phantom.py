"""The IBSI-1 digital phantom and its reference values.

Phantom and values: Image Biomarker Standardisation Initiative (Zwanenburg 2020, Radiology 295:328,
doi 10.1148/radiol.2020191145), CC BY 4.0. Levels in the region are 1, 3, 4, 6; a 9 lies outside it.
"""

import numpy as np

SLICES = np.array(
    [
        [[1, 4, 4, 1, 1], [1, 4, 6, 1, 1], [4, 1, 6, 4, 1], [4, 4, 6, 4, 1]],
        [[1, 4, 4, 1, 1], [1, 1, 6, 1, 1], [1, 1, 3, 1, 1], [4, 4, 6, 1, 1]],
        [[1, 4, 4, 1, 1], [1, 1, 1, 1, 1], [1, 1, 9, 1, 1], [1, 1, 6, 1, 1]],
        [[1, 4, 4, 1, 1], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1], [1, 1, 6, 1, 1]],
    ]
)
MASK = np.ones(SLICES.shape, dtype=bool)
MASK[1, 2, 0] = MASK[2, 2, 2] = False
MASK[2:, 0, 3:] = False

FIRST_ORDER = {
    "mean": 2.15, "variance": 3.05, "skewness": 1.08, "kurtosis": -0.355, "median": 1,
    "minimum": 1, "p10": 1, "p90": 4, "maximum": 6, "interquartile_range": 3, "range": 5,
    "mean_absolute_deviation": 1.55, "robust_mean_absolute_deviation": 1.11,
    "median_absolute_deviation": 1.15, "coefficient_of_variation": 0.812, "energy": 567,
    "root_mean_square": 2.77, "entropy_bits": 1.27,
}  # fmt: skip
COOCCURRENCE = {
    "joint_maximum": 0.512, "joint_average": 2.14, "joint_variance": 2.71, "joint_entropy": 2.24,
    "difference_average": 1.4, "difference_entropy": 1.49, "energy": 0.352, "contrast": 5.19,
    "inverse_difference": 0.683, "inverse_difference_moment": 0.625, "correlation": 0.0173,
    "autocorrelation": 5.14, "cluster_tendency": 5.66, "cluster_shade": 6.98,
    "cluster_prominence": 80.4, "information_correlation_1": -0.0341,
    "information_correlation_2": 0.263,
}  # fmt: skip
"""Tags cm_*_2D_comb: directions merged in each slice, mean over slices."""
RUN_LENGTH = {
    "short_runs_emphasis": 0.661, "long_runs_emphasis": 3.51, "low_grey_level_emphasis": 0.609,
    "high_grey_level_emphasis": 9.74, "grey_level_non_uniformity": 20.5,
    "run_length_non_uniformity": 21.6, "run_percentage": 0.627, "grey_level_variance": 3.37,
    "run_length_variance": 0.778, "run_entropy": 2.57,
}  # fmt: skip
"""Tags rlm_*_2D_comb."""


def same_figures(found, wanted):
    """True where `found` equals `wanted` at the three figures that IBSI prints."""
    return float(f"{found:.3g}") == wanted or abs(found - wanted) < 0.5 * 10 ** (
        np.floor(np.log10(abs(wanted))) - 2
    )
