"""The IBSI-1 digital phantom and its reference values.

Phantom and values: Image Biomarker Standardisation Initiative (Zwanenburg 2020, Radiology 295:328,
doi 10.1148/radiol.2020191145), CC BY 4.0; the values stand in `ibsi_1_digital_phantom.csv` as
published there, to three figures with tolerance 0. Levels in the region are 1, 3, 4, 6; a 9 lies
outside it.
"""

import csv
from pathlib import Path

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
LEVELS = 6

_STATISTICS = {
    "mean": "mean", "var": "variance", "skew": "skewness", "kurt": "kurtosis",
    "median": "median", "min": "minimum", "p10": "p10", "p90": "p90", "max": "maximum",
    "iqr": "interquartile_range", "range": "range", "mad": "mean_absolute_deviation",
    "rmad": "robust_mean_absolute_deviation", "medad": "median_absolute_deviation",
    "cov": "coefficient_of_variation", "qcod": "quartile_coefficient_of_dispersion",
}  # fmt: skip
NAMES = {
    "stat": _STATISTICS | {"energy": "energy", "rms": "root_mean_square"},
    "ih": _STATISTICS | {
        "mode": "mode", "entropy": "entropy", "uniformity": "uniformity",
        "max_grad": "maximum_gradient", "max_grad_g": "maximum_gradient_level",
        "min_grad": "minimum_gradient", "min_grad_g": "minimum_gradient_level",
    },
    "cm": {
        "joint_max": "joint_maximum", "joint_avg": "joint_average", "joint_var": "joint_variance",
        "joint_entr": "joint_entropy", "diff_avg": "difference_average",
        "diff_var": "difference_variance", "diff_entr": "difference_entropy",
        "sum_avg": "sum_average", "sum_var": "sum_variance", "sum_entr": "sum_entropy",
        "energy": "energy", "contrast": "contrast", "dissimilarity": "difference_average",
        "inv_diff": "inverse_difference", "inv_diff_norm": "inverse_difference_normalised",
        "inv_diff_mom": "inverse_difference_moment",
        "inv_diff_mom_norm": "inverse_difference_moment_normalised",
        "inv_var": "inverse_variance", "corr": "correlation", "auto_corr": "autocorrelation",
        "clust_tend": "cluster_tendency", "clust_shade": "cluster_shade",
        "clust_prom": "cluster_prominence", "info_corr1": "information_correlation_1",
        "info_corr2": "information_correlation_2",
    },
    "rlm": {
        "sre": "short_runs_emphasis", "lre": "long_runs_emphasis",
        "lgre": "low_grey_level_emphasis", "hgre": "high_grey_level_emphasis",
        "srlge": "short_runs_low_grey_level_emphasis",
        "srhge": "short_runs_high_grey_level_emphasis",
        "lrlge": "long_runs_low_grey_level_emphasis",
        "lrhge": "long_runs_high_grey_level_emphasis",
        "glnu": "grey_level_non_uniformity", "glnu_norm": "grey_level_non_uniformity_normalised",
        "rlnu": "run_length_non_uniformity", "rlnu_norm": "run_length_non_uniformity_normalised",
        "r_perc": "run_percentage", "gl_var": "grey_level_variance",
        "rl_var": "run_length_variance", "rl_entr": "run_entropy",
    },
}  # fmt: skip
"""IBSI's tags by the names of this project."""


def references(family, variant):
    """IBSI tag and value of a family's features, in one variant of aggregation."""
    path = Path(__file__).with_name("ibsi_1_digital_phantom.csv")
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["family"] == family]
    return {row["feature"]: float(row[variant]) for row in rows if row[variant]}


def same_figures(found, wanted):
    """True where `found`, rounded to the three figures that IBSI prints, is `wanted`."""
    return float(f"{found:.3g}") == wanted
