"""The classes of a data set's label images, from ``label_classes.yaml``."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from importlib import resources

import numpy as np
import yaml
from numpy.typing import NDArray

BACKGROUND = "background"


@cache
def label_classes() -> tuple[str, ...]:
    """Names by label value; the first is the background."""
    return (BACKGROUND, *_table()["classes"])


@cache
def class_of(structure: str) -> str:
    """The class of a structure; the background where it has none."""
    for name, patterns in _table()["classes"].items():
        if any(fnmatchcase(structure, pattern) for pattern in patterns):
            return str(name)
    return BACKGROUND


@cache
def class_values(structures: tuple[str, ...]) -> NDArray[np.uint8]:
    """Label value by structure index, shape (256,): index with a map of structures."""
    values = np.zeros(256, dtype=np.uint8)
    for index, key in enumerate(structures):
        values[index] = label_classes().index(class_of(key))
    values.flags.writeable = False
    return values


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    folder = resources.files("sesamoid.virtual.acquisition")
    text = folder.joinpath("label_classes.yaml").read_text("utf-8")
    content: dict[str, dict[str, list[str]]] = yaml.safe_load(text)
    return content
