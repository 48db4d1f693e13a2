"""Echo intensity against reference values of the same machine and preset."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from sesamoid.errors import DataError, SesamoidError

PARTS = ("whole", "superficial")

COLUMNS = (
    "muscle", "sex", "age_from", "age_to", "device", "part", "mean", "sd", "people", "source",
)  # fmt: skip


@dataclass(frozen=True)
class EchogenicityReference:
    """What is normal for one muscle, group of people and machine.

    Parameters
    ----------
    muscle : str
    sex : {"F", "M", "any"}
    age_from, age_to : float
        Years, from and up to (excluded).
    device : str
        Machine, probe and preset: echo intensity holds for one of them only.
    part : {"whole", "superficial"}
    mean, sd : float
        Grey levels over people.
    people : int
    source : str
    """

    muscle: str
    sex: str
    age_from: float
    age_to: float
    device: str
    part: str
    mean: float
    sd: float
    people: int
    source: str

    def z_score(self, echo_intensity: float) -> float:
        """(value - mean) / SD [R: facts 3]; nothing is corrected for the size of the sample."""
        return (echo_intensity - self.mean) / self.sd


def read_echogenicity_references(path: Path) -> tuple[EchogenicityReference, ...]:
    """Reference values from a CSV with the columns `COLUMNS`.

    Raises
    ------
    DataError
        Missing file or column, or a line that cannot be used, with its number.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise DataError(
                    f"no column {missing[0]!r}",
                    path=path,
                    fix=f"the columns are {', '.join(COLUMNS)}.",
                )
            return tuple(_reference(row, path, reader.line_num) for row in reader)
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror})", path=path) from None
    except UnicodeDecodeError:
        raise DataError("is not text in UTF-8", path=path, fix="save it as CSV UTF-8.") from None


def _reference(row: dict[str, str], path: Path, line: int) -> EchogenicityReference:
    def fail(problem: str, fix: str) -> DataError:
        return DataError(f"line {line}: {problem}", path=path, fix=fix)

    numbers = {}
    for name in ("age_from", "age_to", "mean", "sd", "people"):
        try:
            numbers[name] = float(row[name])
        except (TypeError, ValueError):
            raise fail(f"{name} {row[name]!r} is no number", "use digits and a point.") from None
        if not math.isfinite(numbers[name]):
            raise fail(f"{name} is {row[name]}", "give a finite number.")
    if numbers["sd"] <= 0:
        raise fail(f"sd {row['sd']} is not above 0", "give the SD over people.")
    if row["part"] not in PARTS:
        raise fail(f"part {row['part']!r}", f"use one of {', '.join(PARTS)}.")
    if row["sex"] not in ("F", "M", "any"):
        raise fail(f"sex {row['sex']!r}", "use F, M or any.")
    return EchogenicityReference(
        muscle=row["muscle"],
        sex=row["sex"],
        age_from=numbers["age_from"],
        age_to=numbers["age_to"],
        device=row["device"],
        part=row["part"],
        mean=numbers["mean"],
        sd=numbers["sd"],
        people=int(numbers["people"]),
        source=row["source"],
    )


def choose_echogenicity_reference(
    references: tuple[EchogenicityReference, ...],
    *,
    muscle: str,
    device: str,
    age: float,
    sex: str,
    part: str,
) -> EchogenicityReference:
    """The one reference that fits; a machine's own sex before ``any``.

    Raises
    ------
    SesamoidError
        None fits: the first thing that no reference has is named. Or several do.
    """
    fitting = references
    for what, keep in (
        (f"muscle {muscle!r}", lambda r: r.muscle == muscle),
        (f"device {device!r}", lambda r: r.device == device),
        (f"part {part!r}", lambda r: r.part == part),
        (f"age {age:g}", lambda r: r.age_from <= age < r.age_to),
        (f"sex {sex!r}", lambda r: r.sex in (sex, "any")),
    ):
        rest = tuple(r for r in fitting if keep(r))
        if not rest:
            raise SesamoidError(
                f"no reference value for {what}",
                fix="add one of the same machine and preset; others' values do not hold.",
            )
        fitting = rest
    own = tuple(r for r in fitting if r.sex == sex) or fitting
    if len(own) > 1:
        raise SesamoidError(
            f"{len(own)} reference values fit {muscle}, {device}, {age:g} years, {sex}",
            fix="let their ages not overlap.",
        )
    return own[0]
