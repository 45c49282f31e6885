"""The command line: `chokepoint --help`."""

import gc
import http.server
import json
import math
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from chokepoint.checkout import home
from chokepoint.errors import UserError


class _Commands(click.Group):
    def invoke(self, context: click.Context) -> Any:
        """Say what is wrong plainly, never by a traceback.

        Exit with 2, or with 1 where the fault is not the user's.
        """
        try:
            return super().invoke(context)
        except UserError as error:
            click.echo(str(error), err=True)
            sys.exit(2)
        except BrokenPipeError:  # the reader of a pipe, such as `head`, has enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except OSError as error:
            click.echo(
                f"{error.filename or 'The system'}: {error.strerror or error}. "
                "Make room or give leave, then run it again.",
                err=True,
            )
            sys.exit(1)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            trace = Path(tempfile.gettempdir()) / "chokepoint-fault.log"
            trace.write_text(traceback.format_exc(), encoding="utf-8")
            click.echo(
                f"A fault of the program, not of what you gave it: {error!r}. Please report it with {trace}.",
                err=True,
            )
            sys.exit(1)


def _newest_release() -> str:
    from chokepoint.data import tables

    return tables.DEFAULT_RELEASE


@contextmanager
def _results_kept() -> Iterator[None]:
    """Compute of facts and revisions what the tables of now give otherwise, and keep it for the next time."""
    from chokepoint.data import memory, tables
    from chokepoint.site import cache
    from chokepoint.site.kept_results import ResultStore

    if tables.data_dir() == tables.home() / "data":  # of other data nobody asks again
        memory.keep_results_in(ResultStore(home() / "build", cache.code(rendering=True)))
    try:
        yield
        memory.save_kept()
    finally:
        memory.keep_results_in(None)


_release = click.option("--release", default=_newest_release, show_default="the newest")


@click.group(cls=_Commands)
def main() -> None:
    """Chokepoint: the 2026 critical-minerals bloc, explained and recomputed."""


@main.command()
def check() -> None:
    """Check tables against their schema, figures against neighbours, and the book's words against facts."""
    from chokepoint.analysis import vault_basket
    from chokepoint.data import tables
    from chokepoint.data.check import require_sound
    from chokepoint.site.fact_cache import FactCache
    from chokepoint.site.fact_links import require_true

    build = tables.home() / "build"
    own = tables.data_dir() == tables.home() / "data"
    notes = require_sound(kept=build / "checked.json" if own else None)
    if own:  # other data are not what the words are about
        vault_basket.require_assumption()
        require_true(tables.home() / "book", kept=FactCache(build))
    click.echo(f"{len(tables.package()['resources'])} tables are sound.")
    if notes:
        click.echo("\n".join(["Worth a look:", *(f"  data/{note}" for note in notes)]))


@main.command()
@click.option(
    "--release",
    help="The yearly release the book is computed from.  [default: the newest]",
)
@click.option(
    "-p",
    "parameters",
    multiple=True,
    metavar="NOTEBOOK:NAME=VALUE",
    help="Set a parameter, for example 04-project-vault:capital_usd_bn=20.",
)
@click.option(
    "--edition", "named", help="A file of editions/, without .yml; goes into build/editions/<name>/html."
)
@click.option(
    "--fresh", is_flag=True, help="Run every notebook and render every page again, whatever is kept."
)
@click.option("--explain", is_flag=True, help="Say of each page why it ran, or why not.")
@click.option(
    "--scheduler",
    help="Address of a Dask scheduler, such as tcp://127.0.0.1:8786; otherwise processes on this machine.",
)
def build(
    release: str | None,
    parameters: tuple[str, ...],
    named: str | None,
    fresh: bool,
    explain: bool,
    scheduler: str | None,
) -> None:
    """Check the data, run the notebooks, render the pages into build/html."""
    from chokepoint.site import renderer, unchanged

    site = home() / "build" / (f"editions/{named}" if named else "") / "html"
    before = unchanged.state(home(), [release, parameters, named])
    if fresh or explain or scheduler or not unchanged.is_same(site, before):
        words_alone = not fresh and unchanged.is_of_book_alone(site, before)
        with renderer.worker(home()) if words_alone else nullcontext() as early:  # imports, while we import
            site = _build(release, parameters, named, scheduler, fresh=fresh, explain=explain, early=early)
        unchanged.keep(site, before)
    click.echo(
        f"The site is in {site.relative_to(Path.cwd()) if site.is_relative_to(Path.cwd()) else site}; "
        "open index.html, or: make serve"
    )
    gc.freeze()  # or Python looks through all that was read and imported once more before it ends


def _build(
    release: str | None, parameters: tuple[str, ...], named: str | None, scheduler: str | None, **how: Any
) -> Path:
    """Build, as `build` says; what that needs is imported only where there is something to do."""
    from chokepoint.data import tables
    from chokepoint.models.cluster import cluster
    from chokepoint.site import runs
    from chokepoint.site.build import build as build_site
    from chokepoint.site.build import root

    chosen = runs.edition(named, root() / "editions") if named else None
    settings = runs.merged(chosen.settings if chosen else {}, runs.settings_of(parameters, root() / "book"))
    release = release or (chosen and chosen.release) or tables.DEFAULT_RELEASE
    with cluster(scheduler) if scheduler else nullcontext() as pool:
        return build_site(release, settings=settings, edition=chosen, say=click.echo, pool=pool, **how)


@main.command()
@click.argument("notebook")
@click.argument("values", nargs=-1, metavar="NAME=VALUE,VALUE...")
@click.option(
    "--scheduler",
    help="Address of a Dask scheduler, such as tcp://127.0.0.1:8786; otherwise processes on this machine.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="A folder for the notebooks and their list."
)
def variants(notebook: str, values: tuple[str, ...], scheduler: str | None, out: Path) -> None:
    """Run a notebook with every combination of some values, and say what a run cost.

    For example: 07-futures mineral=gallium,tungsten story=nothing,money --out build/variants
    """
    from chokepoint.models.cluster import cluster
    from chokepoint.site import variants as site_variants
    from chokepoint.site.cache import Cache

    if out.is_file():
        raise UserError(f"{out}: this is a file. Give the name of a folder.")
    runs = site_variants.combinations(home() / "book" / f"{notebook}.ipynb", values)
    with cluster(scheduler) if scheduler else nullcontext() as pool:
        cost = site_variants.run_all(runs, out, Cache(home() / "build" / "cache", say=click.echo), pool)
    click.echo(f"{cost}\nThe notebooks are in {out}; {out / notebook}.csv lists them.")


@main.command("publish")
@_release
@click.option("--browser", default="", help="Chromium or Chrome, which prints the brief; without it no PDF.")
def publish_command(release: str, browser: str) -> None:
    """Build the book with every edition and the brief as PDF, into build/published/html."""
    from chokepoint.data import tables
    from chokepoint.site.publish import publish

    tables.require_release(release)
    site = publish(release, chrome=browser, say=click.echo)
    click.echo(f"The site is in {os.path.relpath(site)}")


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def serve(port: int) -> None:
    """Serve build/html on this machine."""
    from chokepoint.site.build import root

    site = root() / "build" / "html"
    if not (site / "index.html").is_file():
        raise UserError("There is no site in build/html yet: run `make book` first.")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=site)
    click.echo(f"http://127.0.0.1:{port} (Ctrl-C stops it)")
    http.server.ThreadingHTTPServer(("127.0.0.1", port), handler).serve_forever()


@main.command()
@_release
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
def watch(release: str, port: int) -> None:
    """Serve the book on this machine, and show what you save in it within seconds."""
    from chokepoint.data import tables
    from chokepoint.site.watch import watch as watch_book

    tables.require_release(release)
    watch_book(release, port, click.echo)


@main.group()
def ingest() -> None:
    """Read a published release (a folder, a file or a zip) into data/minerals/.

    Rows that are given take the place of theirs; all else of the release stays. A figure that cannot be right
    is refused, with its neighbour's.
    """


READERS = {  # command → what it reads; its module is of the same name
    "usgs": "A USGS Mineral Commodity Summaries data release.",
    "iea": "The IEA Critical Minerals Dataset: the workbook as published, or a JSON conversion of it.",
    "worldbank": "The World Bank's monthly commodity prices.",
    "history": "USGS Data Series 140: a century of US supply and world production.",
    "yearbook": "The rare-earth tables of the USGS Minerals Yearbook.",
    "baci": "CEPII BACI: trade between countries, by heading and year.",
    "us-trade": "Workbooks of the USITC DataWeb: US trade by partner and heading.",
    "china-customs": "China's monthly exports as the press quotes its customs.",
    "eu-study": "The European Commission's study on critical raw materials.",
    "bgs": "Production by country from the British Geological Survey; only shares derived from it are kept.",
}


def _reader(name: str, about: str) -> None:
    """Add the command that ingests a publisher's releases."""

    @ingest.command(name, help=about)
    @click.argument("path", type=click.Path(path_type=Path))
    @click.option(
        "--accept",
        multiple=True,
        metavar="TABLE.COLUMN",
        help="Take the figures of this column as they are, such as production.value; "
        "they are written to data/known_exceptions.csv.",
    )
    @click.option(
        "--replace", is_flag=True, help="Drop rows of the tables given that are not in what is given."
    )
    def read(path: Path, accept: tuple[str, ...], replace: bool) -> None:
        from chokepoint.data import tables

        reader = import_module(f"chokepoint.data.ingest.{name.replace('-', '_')}")
        click.echo(reader.ingest(path, tables.data_dir(), accept, replace))


for _name, _about in READERS.items():
    _reader(_name, _about)


@ingest.command("scenario")
@click.argument("path", type=click.Path(path_type=Path))
def ingest_scenario(path: Path) -> None:
    """Derive the scenario model's facts: give a folder with CEPII BACI of 2024; all else is in the tables."""
    from chokepoint.data import tables
    from chokepoint.data.ingest import scenario as facts

    click.echo(facts.ingest(path, tables.data_dir()))


@ingest.command("outlines")
@click.argument("path", type=click.Path(path_type=Path))
def ingest_outlines(path: Path) -> None:
    """Country outlines for the map, from the npm package world-atlas."""
    from chokepoint.data import tables
    from chokepoint.data.ingest import outlines

    click.echo(outlines.ingest(path, tables.data_dir()))


@main.command()
@click.argument("release")
@click.option("--to", type=click.Path(path_type=Path), default="build/releases", show_default=True)
def fetch(release: str, to: Path) -> None:
    """Download a known release from its publisher, for example usgs-2026; a broken download resumes."""
    from chokepoint.data.ingest.fetch import fetch as download

    click.echo(f"{release} is in {download(release, to)}")


@main.command("refresh")
@click.option("--to", type=click.Path(path_type=Path), default="build/releases", show_default=True)
@click.option(
    "--text",
    type=click.Path(path_type=Path),
    default="build/moved.md",
    show_default=True,
    help="Where what moved is told, as Markdown.",
)
def refresh_command(to: Path, text: Path) -> None:
    """Fetch, read and check every listed release that is not here yet, and write what moved.

    A release is listed by its files' rows in data/release_files.csv.
    Where one is refused, nothing is written.
    """
    from chokepoint.data import tables
    from chokepoint.site.refresh import refresh

    refresh(tables.data_dir(), to, text, click.echo)


@main.command()
@click.argument("name", required=False)
@click.argument("settings", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--list", "listed", is_flag=True, help="The models, and what each takes.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def model(name: str | None, settings: tuple[str, ...], listed: bool, as_json: bool) -> None:
    """Run a model: every named result with its unit.

    A setting is a name or symbol of data/assumptions.csv.
    """
    from chokepoint.data import tables
    from chokepoint.models import MODELS
    from chokepoint.models.evaluate import assumptions_of, evaluate, model_named

    assumptions = tables.load("assumptions")
    if listed or name is None:
        for each in MODELS.values():
            click.echo(f"{each.name}: {each.title}")
            for row in assumptions_of(each.name, assumptions):
                click.echo(
                    f"    {row['name']} ({row['symbol']}) = {row['value']:g}, "
                    f"{row['low']:g} to {row['high']:g} {row['unit']}: {row['label']}"
                )
        return
    chosen = model_named(name)
    results = evaluate(name, _settings(settings), assumptions)
    if as_json:
        told = {
            k: {"value": float(v) if math.isfinite(v) else None, "unit": chosen.all_results[k][0]}
            for k, v in results.items()
        }
        click.echo(json.dumps(told, indent=2))
        return
    for key, value in results.items():
        unit, meaning = chosen.all_results[key]
        click.echo(
            f"{key:28} {_format_result(float(value), unit, chosen.never.get(key, '')):>14} "
            f"{unit:18} {meaning}"
        )


def _format_result(value: float, unit: str, never: str) -> str:
    """Write a result in a column of figures, with words where a number would mislead: never, no end, none."""
    from chokepoint.models.sentence import describe_result

    words = describe_result(value, unit, never)
    return f"{value:,.6g}".replace("-", "\N{MINUS SIGN}") if re.search(r"\d", words) else words


def _settings(texts: tuple[str, ...]) -> dict[str, str]:
    given = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UserError(f'"{text}" is not a setting: write name=value, for example floor=110.')
        if name in given:
            raise UserError(f'"{name}" is set twice, to {given[name]} and to {value}: give it once.')
        given[name] = value
    return given


@main.command()
@click.argument("name")
@click.option(
    "--samples", default=2**17, show_default=True, help="How many points of the assumptions' ranges."
)
@click.option("--seed", default=1, show_default=True)
@click.option("--scheduler", help="Address of a Dask scheduler; otherwise processes on this machine.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A Parquet file.")
def sweep(name: str, samples: int, seed: int, scheduler: str | None, out: Path) -> None:
    """Vary every assumption of a model at once, and write settings and results."""
    from tqdm import tqdm

    from chokepoint.data import tables
    from chokepoint.models.sweep import sweep as run

    with tqdm(total=samples, unit="sample", unit_scale=True, leave=False, disable=None) as bar:
        run(
            name,
            tables.load("assumptions"),
            samples,
            seed,
            out,
            scheduler,
            progress=lambda done, _all: bar.update(done - bar.n),
        )
    click.echo(f"{samples:,} samples of {name} are in {out}")


@main.command()
@click.argument("mineral", required=False)
@click.argument("settings", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--members", default="came", show_default=True, help="A preset, or ISO codes joined by commas.")
@click.option("--story", help="Where to start from; what else is given comes on top.")
@click.option("--csv", "as_csv", is_flag=True, help="The whole path, month by month, as CSV.")
def scenario(
    mineral: str | None, settings: tuple[str, ...], members: str, story: str | None, as_csv: bool
) -> None:
    """Say what a floor, contracts, money or a Vault would do, and what China's answer would.

    Without MINERAL, list the minerals, stories, members and settings.
    """
    from chokepoint.models import scenario as model

    if mineral is None:
        for known in model.minerals():
            click.echo(f"{known.mineral:16} grade {known.grade}: {known.form}. {known.why}")
        for name, (title, _) in {**model.STORIES, **model.PRESETS}.items():
            click.echo(f"{name:16} {title}")
        for c in model.controls().values():
            click.echo(f"{c.name:16} {c.default:g}, {c.low:g} to {c.high:g} {c.unit}: {c.meaning}")
        return
    made = model.run(mineral, members, story, **_settings(settings))
    if as_csv:
        made.table.to_csv(sys.stdout, index=False, lineterminator="\n")
        return
    click.echo(f"{made.sentence}\nGrade {made.grade}: {made.why}\nAgainst doing nothing, in brackets:")
    for name, value, nothing, unit, meaning in made.summary.itertuples():
        click.echo(f"{name:16} {value:12,.4g} ({nothing:,.4g})  {unit}: {meaning}")


@main.command("facts")
@_release
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def facts_command(release: str, as_json: bool) -> None:
    """Print every fact with its sources."""
    from dataclasses import asdict

    from chokepoint.analysis import facts
    from chokepoint.data import tables

    tables.require_release(release)
    with _results_kept():
        known = [asdict(fact) for _, fact in sorted(facts.evaluate(release).items())]
    if as_json:
        click.echo(json.dumps(known, indent=2, ensure_ascii=False))
        return
    for fact in known:
        click.echo(
            f"{fact['fact_id']:34} {fact['text']:28} {fact['label']} "
            f"[{', '.join(fact['sources'])}; {fact['confidence']}]"
        )


@main.command("fact")
@click.argument("fact_id", metavar="ID")
@_release
def fact_command(fact_id: str, release: str) -> None:
    """Print one fact: value, sources, readings that differ, how it is computed, and where it is declared."""
    from chokepoint.analysis import facts
    from chokepoint.data import tables

    tables.require_release(release)
    fact, (file, line) = facts.get(fact_id, release), facts.declared_at(fact_id)
    value = fact.value if isinstance(fact.value, str) else f"{fact.value:.10g}"
    titles = tables.load("sources").set_index("source_id").title
    readings = tables.load("readings").query("published and conflict_group == @fact.conflict_group")
    other = [(f"{r.reading} ({r.outlet})", (r.source_id,)) for r in readings.itertuples()]
    lines = [
        ("", fact.label),
        ("text", f"[{fact.text}](evidence.md#{fact_id})"),
        ("value", f"{value} {fact.unit}".strip()),
        ("as of", fact.as_of),
        ("confidence", fact.confidence),
        *(("source", f"{source}: {titles[source]}") for source in fact.sources),
        *(("reading", f"{text} [{', '.join(sources)}]") for text, sources in other),
        *(("replaced", f"{text} [{', '.join(sources)}]") for text, sources in fact.superseded),
        ("computed", fact.computation),
        *(("from", row) for row in fact.rows),
        ("note", fact.note),
        ("declared", f"{os.path.relpath(file)}:{line}"),
    ]
    click.echo("\n".join(f"{name:11} {text}".strip() for name, text in lines if text))


@main.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Every revision and series, not only the largest of listed minerals.",
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def diff(old: str, new: str, everything: bool, as_json: bool) -> None:
    """Show what changed between two releases: values added, removed and revised, and every fact that moved.

    Facts that moved by revision and those that moved by the new year are told apart.
    """
    from chokepoint.analysis.difference import diff as differ
    from chokepoint.pages.changes import lines

    with _results_kept():
        changes = differ(old, new)
    click.echo(
        json.dumps(changes, indent=2, ensure_ascii=False)
        if as_json
        else "\n".join(lines(changes, everything))
    )


if __name__ == "__main__":
    main()
