"""Training the networks of the wrist-hand assistant: the joint one, and the published pair."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from sesamoid import __version__
from sesamoid.applications.application import TrainingOutcome
from sesamoid.errors import ModelError
from sesamoid.learning.joint_pack import JointPack, pack_examples
from sesamoid.learning.joint_recipe import JointRecipe, Phase
from sesamoid.models import Manifest, ModelBundle, bundle
from sesamoid.models.bundle import TrainingData
from sesamoid.models.joint import TASK
from sesamoid.models.joint_task import JointTask

from . import recipes
from .packing import LabelledPictures, labelled_pictures
from .task import joint_task
from .training_settings import TrainingSettings
from .training_texts import SIMULATOR, figures_table, write_joint_card

Progress = Callable[[str, int, int, float], None]
MODEL = "wrist_hand"
AVERAGED_SHARE = 0.1
"""Of the steps of a fine-tuning, over which weights are averaged [P]: the few steps on a site's few
pictures would leave most of the start in an average as long as that of the first training."""
_TOLD_EVERY = 500


def train(
    data: Path,
    out: Path,
    settings: TrainingSettings,
    *,
    progress: Progress | None = None,
    recipe: JointRecipe | None = None,
) -> TrainingOutcome:
    """Pack the data set, train, and write the bundle to ``out/bundle``.

    Everything is resumable: packing goes on where it was, training at the last round.

    Parameters
    ----------
    data : Path
        See `sesamoid.applications.wrist_hand.packing.labelled_pictures`.
    out : Path
        The packed pictures, checkpoints and the bundle go here.
    settings : TrainingSettings
    progress : callable, optional
        Told name of the run, finished steps, all steps and loss.
    recipe : JointRecipe, optional
        In place of the joint network's own.

    Raises
    ------
    DataError
        No such data.
    ModelError
        No such bundle to start from, or one of another task.
    """
    start = _start(settings)
    task = joint_task()
    pictures = labelled_pictures(data, task)
    chosen = recipe_for(recipe or recipes.JOINT, len(pictures.training), settings)
    pack = pack_examples(
        pictures.examples,
        task,
        chosen.canvas_size,
        out / "pack",
        label_values=pictures.label_values,
        on_picture=_told(progress, "packing"),
    )
    if settings.recipe != "joint":
        from .reference_pair import train_reference

        return train_reference(pack, task, pictures, chosen, out, settings, progress=progress)
    return _train_joint(pack, task, chosen, pictures, out, settings, progress, start)


def _start(settings: TrainingSettings) -> ModelBundle | None:
    if settings.initial is None:
        return None
    found = bundle(settings.initial)
    if found.manifest.task != TASK:
        raise ModelError(
            f"{found.manifest.name} is no network of wrist and hand but of task "
            f"{found.manifest.task!r}",
            path=found.folder,
            fix=f"start from {MODEL}, or from a bundle that was trained from it.",
        )
    return found


def _train_joint(
    pack: JointPack,
    task: JointTask,
    recipe: JointRecipe,
    pictures: LabelledPictures,
    out: Path,
    settings: TrainingSettings,
    progress: Progress | None,
    start: ModelBundle | None,
) -> TrainingOutcome:
    from sesamoid.learning.compact_weights import WEIGHTS, load_compact
    from sesamoid.learning.joint_bundling import train_joint_bundle
    from sesamoid.learning.joint_validation import validate_joint

    rounds = sum(phase.rounds for phase in recipe.phases)

    def on_round(done: int, loss: float) -> None:
        if progress is not None:
            progress("training", done, rounds, loss)

    trained = train_joint_bundle(
        pack,
        task,
        recipe,
        manifest_of(recipe, task, pictures, settings, start),
        out,
        initial=load_compact(start.folder / WEIGHTS) if start else None,
        threads=settings.threads,
        on_round=on_round,
    )
    held_out = pack.where(held_out=True)
    figures: dict[str, Any] = {}
    if len(held_out):
        found = validate_joint(trained.bundle, pack, held_out, threads=settings.threads)
        table = figures_table(found, pictures.origin)
        figures = {"origin": pictures.origin, "held_out": found, "table": table}
    complete = replace(
        trained.bundle.manifest,
        figures=figures,
        training={
            **trained.bundle.manifest.training,
            "minutes": None if math.isnan(trained.minutes) else round(trained.minutes, 1),
        },
    )
    written = trained.bundle.described(complete)
    write_joint_card(written)
    return TrainingOutcome(figures, written)


def recipe_for(recipe: JointRecipe, training: int, settings: TrainingSettings) -> JointRecipe:
    """The recipe for one run.

    Fine-tuning has one phase, rounds of one pass, and a shorter average of the weights.

    Parameters
    ----------
    recipe : JointRecipe
        Of a training on virtual people.
    training : int
        Pictures that are trained on.
    settings : TrainingSettings
    """
    phases = recipe.phases
    size = recipe.round_pictures
    if settings.initial:
        last = phases[-1]
        phases = (
            Phase(
                last.canvas_size,
                recipes.FINE_TUNING_ROUNDS,
                batch_size=min(last.batch_size, training),
                learning_rate=recipes.FINE_TUNING_RATE,
            ),
        )
        # Never less than some steps a round, or a few pictures would be a schedule of a few steps.
        size = max(training, 8 * phases[0].batch_size)
    if settings.epochs:
        if settings.recipe == "joint":  # the published pair's are made of these, and then as many
            phases = tuple(replace(phase, rounds=settings.epochs) for phase in phases)
        size = min(size, max(training, 4 * max(phase.batch_size for phase in phases)))
    recipe = replace(recipe, phases=phases, round_pictures=size, seed=settings.seed)
    if not settings.initial:
        return recipe
    averaged = AVERAGED_SHARE * phases[0].rounds * (size // phases[0].batch_size)
    return replace(
        recipe,
        network=replace(recipe.network, imagenet=False),
        ema_decay=min(recipe.ema_decay, 1 - 1 / max(1.0, averaged)),
    )


def manifest_of(
    recipe: JointRecipe,
    task: JointTask,
    pictures: LabelledPictures,
    settings: TrainingSettings,
    start: ModelBundle | None = None,
) -> Manifest:
    """What is known of a network before it is trained."""
    own = TrainingData(
        pictures.name,
        pictures.licence,
        SIMULATOR if pictures.origin == "virtual" else settings.credit,
        "virtual" if pictures.origin == "virtual" else settings.origin,
        len(pictures.training),
    )
    before = start.manifest.training_data if start else ()
    return Manifest(
        name=MODEL,
        version=__version__,
        task=TASK,
        classes=task.classes,
        canvas_size=recipe.canvas_size,
        grey_exponent=recipe.grey_exponent,
        weights_sha256="",
        weights_precision="",
        training_data=(*before, own),
        training={
            "command": f"sesamoid train wrist_hand --data {pictures.name} --seed {settings.seed}"
            + (f" --initial {start.manifest.name}" if start else "")
            + (f" --epochs {settings.epochs}" if settings.epochs else ""),
            "recipe": recipe.as_dict(),
            "starting_weights": (
                f"bundle {start.manifest.name} {start.manifest.version}"
                if start
                else recipe.network.starting_weights
            ),
            "date": datetime.now(UTC).date().isoformat(),
            "versions": {
                name: metadata.version(name) for name in ("torch", "monai", "lightning", "onnx")
            },
        },
    )


def _told(progress: Progress | None, name: str) -> Callable[[int, int], None]:
    def on_step(done: int, total: int) -> None:
        if progress is not None and (done % _TOLD_EVERY == 0 or done == total):
            progress(name, done, total, math.inf)

    return on_step
