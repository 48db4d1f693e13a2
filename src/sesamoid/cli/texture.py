"""`sesamoid texture`: texture as numbers, and groups told apart by it."""

from __future__ import annotations

import typer

from sesamoid.cli import texture_features, texture_predict, texture_train

app = typer.Typer(
    help="Texture as numbers; disease groups learned from your own images.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
app.command("features")(texture_features.features)
app.command("train")(texture_train.train)
app.command("predict")(texture_predict.predict)
