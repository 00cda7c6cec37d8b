"""`needsbank`: serving, loading and looking after a bank; each command imports what it needs.

One long list on purpose: what the command line offers can be read from top to bottom. What the
commands do stands in `needsbank.commands`.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

_REFUSED = {
    "taken": "already in the bank",
    "business_id": "seven digits, a hyphen and a check digit",
    "required": "must not be empty",
    "unknown": "not known",
    # Of mappings
    "json": "not JSON",
    "object": "must be an object",
    "text": "must be text",
    "twice": "stands there twice",
    "unknown_field": "no such name",
    "one_place": "give exactly one of column, pointer and constant",
    "pointer": "not a JSON Pointer",
    "separator": "one to five characters",
    "format": "must be csv, xlsx, json or jsonl",
    "kind": "no such kind of work",
    "language": "must be fi, sv, en or und",
    "licence": "no such licence",
}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="needsbank", prog_name="needsbank")
def main() -> None:
    """Look after a needs bank."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def demo(host: str, port: int) -> None:
    """Make a bank with made-up contents and serve it; keeps what is there already."""
    from needsbank.commands import demo as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.run(host, port))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True, help="Web processes.")
@click.option("--threads", default=4, show_default=True, help="Threads of each.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the bank with gunicorn, and do its background work beside it."""
    from needsbank.commands import serve as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.run(host, port, workers=workers, threads=threads))


@main.command()
def work() -> None:
    """Do background work only: embed, suggest, compare sentences, harvest what is due."""
    from needsbank.commands import matching as command  # noqa: PLC0415 -- slow import

    _run(command.work)


@main.group()
def db() -> None:
    """Bring the database up to date, or check that it is."""


@db.command()
def upgrade() -> None:
    """Apply the migrations that the database lacks."""
    from needsbank.commands import database as command  # noqa: PLC0415 -- slow import

    _run(command.upgrade)


@db.command()
def check() -> None:
    """Say whether the database fits this version; exits with 1 when it does not."""
    from needsbank.commands import database as command  # noqa: PLC0415 -- slow import

    _run(command.check)


@main.group()
def user() -> None:
    """Add people and give them roles."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.password_option(help="Asked for when not given.")
def add_user(email: str, name: str, password: str) -> None:
    """Add a person who can sign in."""
    from needsbank.commands import people as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.add(email, name, password))


@user.command("grant")
@click.argument("email")
@click.argument("organisation")
@click.argument("role")
def grant_role(email: str, organisation: str, role: str) -> None:
    """Give a person a ROLE in an ORGANISATION (its name)."""
    from needsbank.commands import people as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.grant(email, organisation, role))


@user.command("password")
@click.argument("email")
@click.password_option(help="Asked for when not given.")
def set_password(email: str, password: str) -> None:
    """Set a person's password and sign them out everywhere."""
    from needsbank.commands import people as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.set_password(email, password))


@user.command("disable")
@click.argument("email")
def disable_user(email: str) -> None:
    """Close a person's account and sign them out everywhere."""
    from needsbank.commands import people as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.disable(email))


@main.group("organisation")
def organisation() -> None:
    """Add organisations."""


@organisation.command("add")
@click.argument("name")
@click.argument("sector")
@click.argument("region")
@click.option("--business-id", default="")
def add_organisation(name: str, sector: str, region: str, business_id: str) -> None:
    """Add an organisation: NAME SECTOR REGION."""
    from needsbank.commands import people as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.add_organisation(name, sector, region, business_id))


@main.group("import")
def import_() -> None:
    """Take catalogues in."""


@import_.command("prior-work")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="", help="Name of the source where rows name none.")
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON that says where each field stands; see docs/sources.md.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and store nothing.")
@click.option("--no-embed", is_flag=True, help="Leave making it searchable to the worker.")
def import_prior_work(
    file: Path, source: str, mapping: Path | None, *, dry_run: bool, no_embed: bool
) -> None:
    """Take in prior works from FILE: CSV, XLSX, JSON or JSON Lines; goes on where it stopped.

    All but XLSX may be gzipped.
    """
    from needsbank.commands import importing as command  # noqa: PLC0415 -- slow import

    if dry_run:
        _run(lambda: command.preview_prior_work(file, source or file.name, mapping))
    else:
        _run(lambda: command.prior_work(file, source or file.name, mapping, embed=not no_embed))


@main.group()
def harvest() -> None:
    """Take in prior works from sources, as far as they have changed."""


@harvest.command("list")
def list_sources() -> None:
    """Show the sources, and how the latest harvest of each went."""
    from needsbank.commands import harvesting as command  # noqa: PLC0415 -- slow import

    _run(command.show)


@harvest.command("run")
@click.argument("name")
@click.option("--full", is_flag=True, help="Read everything, not only what has changed.")
def harvest_source(name: str, *, full: bool) -> None:
    """Harvest the source NAME; goes on where it was stopped."""
    from needsbank.commands import harvesting as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.run(name, full=full))


@harvest.command("due")
def harvest_due() -> None:
    """Harvest every source whose schedule says so, as the worker does."""
    from needsbank.commands import harvesting as command  # noqa: PLC0415 -- slow import

    _run(command.run_due)


@main.command()
def embed() -> None:
    """Give vectors to every text that lacks them."""
    from needsbank.commands import matching as command  # noqa: PLC0415 -- slow import

    _run(command.embed)


@main.command()
def suggest() -> None:
    """Suggest competences for every open need that lacks suggestions."""
    from needsbank.commands import matching as command  # noqa: PLC0415 -- slow import

    _run(command.suggest)


@main.group()
def duplicates() -> None:
    """Look for texts that say the same."""


@duplicates.command("sweep")
@click.option("--anew", is_flag=True, help="Ask for everything again, not only for what is new.")
def sweep(anew: bool) -> None:
    """Find groups of needs and prior works that say the same; a stopped sweep goes on."""
    from needsbank.commands import duplicates as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.sweep(anew=anew))


def _tuning_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add how a model is trained, as `TuningOptions` names it."""
    for option in (
        click.option("--cpu", is_flag=True, help="Leave a graphics card alone."),
        click.option("--threads", type=click.IntRange(1), default=1, show_default=True),
        click.option("--batch", type=click.IntRange(2), default=8, show_default=True),
        click.option("--most-steps", type=click.IntRange(1), help="Stop after so many batches."),
        click.option("--epochs", type=click.IntRange(1), default=1, show_default=True),
    ):
        command = option(command)
    return command


@main.command()
@click.option("--encoder", is_flag=True, help="Train an encoder instead; the options are its own.")
@click.option(
    "--model",
    type=click.Path(file_okay=False, path_type=Path),
    help="sentence-transformers directory to start from; the encoder in use if not given.",
)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    help="New directory for the trained model; in the instance folder if not given.",
)
@_tuning_options
@click.pass_context
def train(
    context: click.Context,
    /,
    *,
    encoder: bool,
    model: Path | None,
    target: Path | None,
    **options: Any,
) -> None:
    """Learn from the coordinators' decisions and verdicts; offer to the admins what gains.

    With --encoder a sentence-transformers model is fine-tuned instead, offline: a new directory,
    which nothing uses before an operator goes over to it.
    """
    if encoder:
        from matching import TuningOptions  # noqa: PLC0415 -- slow import
        from needsbank.commands import encoder_learning  # noqa: PLC0415 -- slow import

        _run(lambda: encoder_learning.train(model, target, TuningOptions(**options)))
        return
    if any(
        context.get_parameter_source(name) is not ParameterSource.DEFAULT for name in context.params
    ):
        raise click.UsageError("options of a model go with --encoder")
    from needsbank.commands import learning as command  # noqa: PLC0415 -- slow import

    _run(command.train)


@main.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--most", default=10, show_default=True)
def search(words: tuple[str, ...], most: int) -> None:
    """Search what everybody may read for WORDS."""
    from needsbank.commands import matching as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.search(" ".join(words), most))


@main.group()
def encoder() -> None:
    """Change the encoder: build its vectors beside those in use, go over to them; train one."""


@encoder.command("list")
@click.option("--check", is_flag=True, help="Compare each set's probe sentences too.")
def list_sets(*, check: bool) -> None:
    """Show the vector sets, and how many of the bank's texts each holds."""
    from needsbank.commands import vector_sets as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.show(check=check))


@encoder.command("build")
@click.argument("spec")
@click.option("--anew", is_flag=True, help="Read every text again, also those that are held.")
def build_set(spec: str, *, anew: bool) -> None:
    """Give every text a vector of the encoder SPEC, beside those in use; goes on where it was."""
    from needsbank.commands import vector_sets as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.build(spec, anew=anew))


@encoder.command("activate")
@click.argument("spec_or_id")
def activate_set(spec_or_id: str) -> None:
    """Search in another set, named by its encoder or number, if it lacks no text."""
    from needsbank.commands import vector_sets as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.activate(spec_or_id))


@encoder.command("rollback")
def roll_back_set() -> None:
    """Search in the set before again."""
    from needsbank.commands import vector_sets as command  # noqa: PLC0415 -- slow import

    _run(command.roll_back)


@encoder.command("remove")
@click.argument("spec_or_id")
def remove_set(spec_or_id: str) -> None:
    """Delete a set that is not searched, named by its encoder or number."""
    from needsbank.commands import vector_sets as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.remove(spec_or_id))


class _FolderUnlessNamed(click.Group):
    """A group in which `folder` need not be said: what names no command is its argument."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put in `folder` where no command is named."""
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["folder", *args]
        return super().parse_args(ctx, args)


@main.group(cls=_FolderUnlessNamed)
def evaluate() -> None:
    """Measure the matcher: `evaluate DIR --task …` is short for `evaluate folder DIR --task …`."""


@evaluate.command("folder")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--task",
    required=True,
    type=click.Choice(["need-need", "need-competence", "need-prior"]),
    help="What the judgements are about.",
)
@click.option("--by-language", is_flag=True, help="Also each pair of languages of a corpus.")
@click.option("--methods", default="", help="Some of the methods, separated by commas.")
@click.option("--limit", type=click.IntRange(min=1), help="Draw so many queries or pairs.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="For draws and intervals.",
)
def evaluate_folder(
    folder: Path, task: str, *, by_language: bool, methods: str, limit: int | None, seed: int
) -> None:
    """Measure the matcher and simple methods on judged texts in DIR; print JSON.

    DIR holds queries.jsonl, corpus.jsonl and qrels.jsonl, or pairs.jsonl.
    """
    from needsbank.commands import evaluating as command  # noqa: PLC0415 -- slow import

    _run(
        lambda: command.folder(
            folder,
            task,
            methods=[name.strip() for name in methods.split(",") if name.strip()],
            by_language=by_language,
            limit=limit,
            seed=seed,
        )
    )


@evaluate.command("demo")
def evaluate_demo() -> None:
    """Measure the matcher on the demo bank's labelled pairs and probes."""
    from needsbank.commands import evaluating as command  # noqa: PLC0415 -- slow import

    _run(command.demo)


@encoder.command("export")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--precision",
    type=click.Choice(["fp32", "fp16"]),
    default="fp32",
    show_default=True,
    help="Bits of a number in the file: 488 MB or 252 MB; the computation is the same.",
)
def export_encoder(directory: Path, precision: str) -> None:
    """Write the built-in encoder as a sentence-transformers model into a new DIRECTORY."""
    from needsbank.commands import encoders as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.export(directory, precision=precision))


@encoder.command("train")
@click.argument("model", type=click.Path(file_okay=False, path_type=Path))
@click.argument("triplets", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@_tuning_options
@click.option("--query-prompt", help="Written before a need; the model's own if not given.")
@click.option("--document-prompt", help="Written before what answers it.")
def train_encoder(model: Path, triplets: Path, target: Path, **options: Any) -> None:
    """Train the sentence-transformers directory MODEL on TRIPLETS; save it as TARGET.

    TRIPLETS has a line of JSON each: {"need": …, "accepted": …, "rejected": …}.
    """
    from matching import TuningOptions  # noqa: PLC0415 -- slow import
    from needsbank.commands import encoders as command  # noqa: PLC0415 -- slow import

    _run(lambda: command.train(model, triplets, target, TuningOptions(**options)))


def _run(command: Callable[[], None]) -> None:
    """Run a command; what it refuses is one clear line, not a traceback."""
    from matching import EvaluationError, MatchingError  # noqa: PLC0415 -- slow import
    from needsbank.domain.errors import BankError, Invalid  # noqa: PLC0415 -- slow import

    try:
        command()
    except Invalid as error:
        for field, code in error.errors.items():
            click.echo(
                f"needsbank: {field.replace('_', ' ')}: {_REFUSED.get(code, code)}", err=True
            )
        sys.exit(1)
    except EvaluationError as error:
        click.echo(f"needsbank: {error}", err=True)
        sys.exit(2)
    except (BankError, MatchingError) as error:
        click.echo(f"needsbank: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("\nneedsbank: stopped; run it again to go on", err=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
