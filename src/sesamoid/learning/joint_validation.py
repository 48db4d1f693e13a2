"""What a joint bundle is worth on held-out pictures of its own pack: to watch a training by.

The figures that count are an application's, on people and machines that were never seen.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.learning.joint_data import JointDataset
from sesamoid.learning.joint_pack import JointPack
from sesamoid.learning.joint_recipe import JointRecipe
from sesamoid.models import ModelBundle
from sesamoid.models.joint import JointRuntime


def validate_joint(
    bundle: ModelBundle, pack: JointPack, which: NDArray[np.intp], *, threads: int = 0
) -> dict[str, Any]:
    """Figures of a bundle on some of the pictures of a pack.

    Returns
    -------
    dict
        ``pictures``, ``plane_macro_f1`` (a picture outside of every tolerance is of class none,
        which counts as a wrong answer but not as a plane), ``nearest_accuracy``, ``mean_dice`` and
        ``dice`` by class (over all pixels of all pictures, on the canvas), ``pose_median_mm``,
        ``pose_median_deg`` (median over pictures of the largest error of each kind within the
        capture range), ``visibility_error``; None where nothing is known.
    """
    runtime = JointRuntime(bundle, threads=threads)
    task, size = runtime.task, bundle.manifest.canvas_size
    recipe = JointRecipe("validation", grey_exponent=bundle.manifest.grey_exponent)
    data = JointDataset(pack, which, task, recipe, size, augment=False)
    classes = len(task.classes)
    common, sums = np.zeros(classes), np.zeros(classes)
    said: list[int] = []
    truth: list[int] = []
    nearest: list[bool] = []
    slid: list[float] = []
    turned: list[float] = []
    seen: list[float] = []
    in_mm = np.array([name.endswith("_mm") for name in task.pose])
    for number in range(len(data)):
        item = data[number]
        found = runtime.run(item["image"].numpy(), item["scalars"].numpy()[None])
        of = found["nearest"][0] * found["inside"][0]
        said.append(int(of.argmax()) if of.max() >= 1 - of.sum() else len(task.planes))
        at = int(item["nearest"])
        inside = float(item["inside"])
        truth.append(-1 if np.isnan(inside) else at if inside > 0 else len(task.planes))
        if bool(item["labelled"]):
            label = item["label"].numpy()
            up = cv2.resize(found["winners"][0], label.shape[::-1], interpolation=cv2.INTER_NEAREST)
            both = np.bincount(label[up == label], minlength=classes)
            common += both
            sums += np.bincount(label.ravel(), minlength=classes)
            sums += np.bincount(up.ravel(), minlength=classes)
        if at < 0:
            continue
        nearest.append(int(found["nearest"][0].argmax()) == at)
        pose = item["pose"].numpy()
        if np.all(np.abs(pose) <= task.capture):
            error = np.abs(found["pose"][0, at] - pose)
            slid.append(float(error[in_mm].max()))
            turned.append(float(error[~in_mm].max()))
        parts = item["parts"].numpy()[:, 0]
        known = ~np.isnan(parts)
        seen += np.abs(found["parts"][0, known, 0] - parts[known]).tolist()
    known_classes = (sums > 0) & pack.known_classes
    known_classes[0] = False
    dice = np.divide(2 * common, sums, out=np.zeros(classes), where=sums > 0)
    by_name = {
        name: round(float(dice[index]), 4)
        for index, name in enumerate(task.classes)
        if known_classes[index]
    }
    return {
        "pictures": len(data),
        "plane_macro_f1": _macro_f1(np.array(said), np.array(truth), len(task.planes)),
        "nearest_accuracy": _mean(nearest),
        "mean_dice": _mean(list(by_name.values())),
        "dice": by_name,
        "pose_median_mm": _median(slid),
        "pose_median_deg": _median(turned),
        "visibility_error": _mean(seen),
    }


def _macro_f1(said: NDArray[np.int_], truth: NDArray[np.int_], planes: int) -> float | None:
    known = truth >= 0
    said, truth = said[known], truth[known]
    scores = []
    for plane in np.unique(truth[truth < planes]):
        hit = int(((said == plane) & (truth == plane)).sum())
        total = int((said == plane).sum() + (truth == plane).sum())
        scores.append(2 * hit / total)
    return _mean(scores)


def _mean(values: list[Any]) -> float | None:
    return float(np.mean(values)) if values else None


def _median(values: list[float]) -> float | None:
    return float(np.median(values)) if values else None
