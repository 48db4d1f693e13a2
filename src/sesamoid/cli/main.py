"""The `sesamoid` command: every error of ours becomes one line and an honest exit code."""

from __future__ import annotations

import os
import sys
import warnings

import typer

from sesamoid import NOT_A_MEDICAL_DEVICE, __version__
from sesamoid.cli import (
    account,
    analyze,
    audit,
    bench,
    calibrate,
    card,
    deidentify,
    demo,
    doctor,
    evaluate,
    info,
    listings,
    live,
    serve,
    simulate,
    texture,
    train,
)
from sesamoid.cli.console import errors
from sesamoid.errors import SesamoidError

app = typer.Typer(
    name="sesamoid",
    help=f"AI for musculoskeletal imaging: files in, outlines, numbers and reports out.\n\n"
    f"{NOT_A_MEDICAL_DEVICE}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sesamoid {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    pass


app.command("analyze")(analyze.analyze)
app.command("live")(live.live)
app.command("serve")(serve.serve)
app.add_typer(account.app, name="account")
app.add_typer(audit.app, name="audit")
app.command("info")(info.info)
app.command("calibrate")(calibrate.calibrate)
app.command("evaluate")(evaluate.evaluate)
app.command("train")(train.train)
app.add_typer(texture.app, name="texture")
app.command("simulate")(simulate.simulate)
app.command("applications")(listings.list_applications)
app.command("models")(listings.list_models)
app.command("card")(card.card)
app.command("bench")(bench.bench)
app.command("deidentify")(deidentify.deidentify_files)
app.command("doctor")(doctor.doctor)
app.command("demo")(demo.demo)


def main() -> None:
    """Run the command line; SesamoidError is printed as one line and exits with 1."""
    if not os.environ.get("SESAMOID_DEBUG"):
        warnings.simplefilter("ignore")  # libraries' advice to programmers is not for users
    try:
        app(standalone_mode=True)
    except SesamoidError as error:
        errors.print(f"[bold red]error[/]: {_escape(str(error))}", soft_wrap=True, highlight=False)
        sys.exit(1)
    except KeyboardInterrupt:
        errors.print("stopped; what was finished is kept")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _escape(text: str) -> str:
    return text.replace("[", r"\[")
