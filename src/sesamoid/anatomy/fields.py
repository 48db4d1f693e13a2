"""Reading a data file field by field, so that every mistake in it has a place and a remedy."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from sesamoid.errors import SesamoidError


class _StrictLoader(yaml.SafeLoader):
    """YAML in which a key may stand only once; plain YAML silently keeps the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: dict[object, int] = {}
        for key_node, _ in node.value:
            key, line = self.construct_object(key_node, deep=True), key_node.start_mark.line + 1
            if key in seen and key_node.tag != "tag:yaml.org,2002:merge":
                raise SesamoidError(
                    f"{key!r} is there twice, in lines {seen[key]} and {line}",
                    fix="keep one of them, or give the second another name.",
                )
            seen[key] = line
        return super().construct_mapping(node, deep=deep)


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file; SesamoidError where there is none, or a key stands twice."""
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=_StrictLoader)
    except SesamoidError as error:
        raise SesamoidError(error.problem, path=path, fix=error.fix) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SesamoidError(f"cannot be read: {reason}", path=path) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark is not None else ""
        raise SesamoidError(
            f"is not valid YAML{line}: {getattr(error, 'problem', None) or error}",
            path=path,
            fix="check the indentation, and put names with special characters in quotes.",
        ) from error
    if not isinstance(content, dict):
        raise SesamoidError("holds no mapping of names to values", path=path)
    return content


class Fields:
    """One mapping of a data file; knows where it stands, and which of its keys were read.

    Parameters
    ----------
    content : dict
    path : Path
        The file, for messages.
    where : str
        Dotted place in the file, e.g. ``"planes.S11.tolerance"``; empty at the top.
    """

    def __init__(self, content: object, path: Path, where: str = ""):
        self.path, self.where = path, where
        if not isinstance(content, dict):
            raise self.error(f"is {content!r}, not a mapping of names to values")
        self._content: dict[str, Any] = {str(key): value for key, value in content.items()}
        self._read: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def error(self, problem: str, key: str = "", *, fix: str | None = None) -> SesamoidError:
        """An error about this mapping or one of its keys, naming file and place."""
        place = ".".join(part for part in (self.where, key) if part)
        return SesamoidError(f"{place} {problem}".strip(), path=self.path, fix=fix)

    def get(self, key: str, default: Any = ...) -> Any:
        """Value of a key; without a default the key must be there."""
        self._read.append(key)
        if key in self._content and self._content[key] is not None:
            return self._content[key]
        if default is ...:
            raise self.error("is missing", key, fix=f"add {key!r}.")
        return default

    def text(self, key: str, default: Any = ..., *, choices: Sequence[str] = ()) -> str:
        """Text, optionally one of some choices."""
        value = self.get(key, default)
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"is {value!r}, not text", key, fix=f'write it in quotes: "{value}".')
        if choices and value not in choices:
            raise self.error(f"is {value!r}", key, fix=f"use one of {', '.join(choices)}.")
        return value

    def number(
        self, key: str, default: Any = ..., *, above: float | None = None,
        low: float | None = None, high: float | None = None,
    ) -> float:  # fmt: skip
        """A number > `above`, >= `low`, <= `high`."""
        value = self.get(key, default)
        self._check(value, key, above, low, high)
        return float(value)

    def pair(
        self, key: str, default: Any = ..., *, low: float | None = None, high: float | None = None
    ) -> tuple[float, float]:
        """Two numbers, the smaller first."""
        value = self.get(key, default)
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
            raise self.error(f"is {value!r}, not two numbers", key, fix="write [smaller, larger].")
        for part in value:
            self._check(part, key, None, low, high)
        if value[0] > value[1]:
            raise self.error(f"is {list(value)}", key, fix="put the smaller number first.")
        return float(value[0]), float(value[1])

    def flag(self, key: str, default: Any = ...) -> bool:
        """True or false."""
        value = self.get(key, default)
        if not isinstance(value, bool):
            raise self.error(f"is {value!r}", key, fix="write true or false.")
        return value

    def texts(self, key: str, default: Any = ...) -> tuple[str, ...]:
        """A list of texts, not empty unless by default."""
        value = self.get(key, default)
        if value is default and default is not ...:
            return tuple(value)
        good = isinstance(value, list) and value and all(isinstance(v, str) for v in value)
        if not good:
            raise self.error(f"is {value!r}, not a list of names", key, fix="write [one, two].")
        return tuple(value)

    def child(self, key: str, default: Any = ...) -> Fields:
        """The mapping under a key."""
        return Fields(self.get(key, default), self.path, f"{self.where}.{key}".lstrip("."))

    def children(self) -> Iterator[tuple[str, Fields]]:
        """All keys, each with the mapping under it."""
        for key in self._content:
            yield key, self.child(key)

    def names(self) -> tuple[str, ...]:
        """All keys."""
        return tuple(self._content)

    def finish(self) -> None:
        """Raise where a key was never asked for: it is misspelt, or in the wrong place."""
        unknown = [key for key in self._content if key not in self._read]
        if unknown:
            known = ", ".join(sorted(set(self._read)))
            raise self.error("is not known here", unknown[0], fix=f"use one of {known}.")

    def _check(
        self, value: Any, key: str, above: float | None, low: float | None, high: float | None
    ) -> None:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or value != value:  # NaN differs from itself
            raise self.error(f"is {value!r}, not a number", key)
        if above is not None and value <= above:
            raise self.error(f"is {value}", key, fix=f"give a number above {above:g}.")
        if low is not None and value < low:
            raise self.error(f"is {value}", key, fix=f"give a number of at least {low:g}.")
        if high is not None and value > high:
            raise self.error(f"is {value}", key, fix=f"give a number of at most {high:g}.")
