"""Classifiers of the classical pipeline; the only user of scikit-learn, imported when called."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import MissingExtra, SesamoidError

if TYPE_CHECKING:
    from sesamoid.applications.nerve.classical import ClassicalSettings

CLASSIFIERS = ("k_nearest", "naive_bayes", "svm", "decision_tree", "random_forest", "mlp")
EXPORTABLE = ("decision_tree", "random_forest")

MOST_TILES = {"svm": 4000, "k_nearest": 12000}
"""These grow slow with the number of tiles that they are fitted on, so it is capped [P]."""

Scores = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def require_scikit_learn() -> None:
    """MissingExtra, with what to install, where scikit-learn is not there."""
    try:
        import sklearn  # noqa: F401
    except ImportError:
        raise MissingExtra(
            "fitting the classical method needs scikit-learn",
            fix="pip install 'sesamoid[train]'",
        ) from None


def selected(
    z: NDArray[np.float32], classes: NDArray[np.uint8], settings: ClassicalSettings
) -> NDArray[np.int64]:
    """Columns of the best-ranked features, in their own order."""
    from sklearn.feature_selection import f_classif, mutual_info_classif

    if settings.selection == "none" or settings.features >= z.shape[1]:
        return np.arange(z.shape[1])
    rng = np.random.default_rng(settings.seed)
    some = rng.choice(len(z), min(len(z), 4000), replace=False)
    if settings.selection == "mutual_information":
        rank = mutual_info_classif(z[some], classes[some], random_state=settings.seed)
    elif settings.selection == "anova":
        rank = f_classif(z[some], classes[some])[0]
    else:
        raise SesamoidError(
            f"no feature selection {settings.selection!r}",
            fix="use 'mutual_information', 'anova' or 'none'.",
        )
    best: NDArray[np.int64] = np.sort(np.argsort(-np.nan_to_num(rank))[: settings.features])
    return best


def unfitted(name: str, seed: int) -> Any:
    """An unfitted scikit-learn classifier; sizes [P] chosen for two CPU cores."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.neural_network import MLPClassifier
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier

    made: dict[str, Callable[[], Any]] = {
        "k_nearest": lambda: KNeighborsClassifier(n_neighbors=25),
        "naive_bayes": GaussianNB,
        "svm": lambda: SVC(C=1.0, gamma="scale", random_state=seed),
        "decision_tree": lambda: DecisionTreeClassifier(min_samples_leaf=40, random_state=seed),
        "random_forest": lambda: RandomForestClassifier(
            n_estimators=60, min_samples_leaf=12, max_depth=16, n_jobs=1, random_state=seed
        ),
        "mlp": lambda: MLPClassifier(
            (48, 24), alpha=1e-2, early_stopping=True, max_iter=60, random_state=seed
        ),
    }
    if name not in made:
        raise SesamoidError(f"no classifier {name!r}", fix=f"use one of {', '.join(made)}.")
    return made[name]()


def scores_of(estimator: Any) -> Scores:
    """Standardised features to class probabilities, or to shares of the decision values."""

    def scores(z: NDArray[np.float32]) -> NDArray[np.float32]:
        if hasattr(estimator, "predict_proba"):
            return np.asarray(estimator.predict_proba(z), dtype=np.float32)
        # One-against-rest decision values, as shares.
        raw = np.exp(estimator.decision_function(z))
        return np.asarray(raw / raw.sum(axis=1, keepdims=True), dtype=np.float32)

    return scores
