"""The command line: `chokepoint --help`."""

import http.server
import sys
from functools import partial
from pathlib import Path

import click

from chokepoint import tables
from chokepoint.errors import UserError


class _Commands(click.Group):
    def invoke(self, context: click.Context):
        """Say a UserError plainly, and exit with 2."""
        try:
            return super().invoke(context)
        except UserError as error:
            click.echo(str(error), err=True)
            sys.exit(2)


@click.group(cls=_Commands)
def main() -> None:
    """Chokepoint: the 2026 critical-minerals bloc, explained and recomputed."""


@main.command()
def check() -> None:
    """Check every table against data/datapackage.json."""
    from chokepoint.check import require_sound

    require_sound()
    click.echo(f"{len(tables.package()['resources'])} tables are sound.")


@main.command()
@click.option("--release", default=tables.DEFAULT_RELEASE, show_default=True, help="The yearly release the book is computed from.")
def build(release: str) -> None:
    """Check the data, run the notebooks, print the pages into build/html."""
    from chokepoint.publish.site import build as build_site

    site = build_site(release)
    click.echo(f"The site is in {site.relative_to(Path.cwd()) if site.is_relative_to(Path.cwd()) else site}; open index.html, or: make serve")


@main.command()
@click.option("--port", default=8000, show_default=True)
def serve(port: int) -> None:
    """Serve build/html on this machine."""
    from chokepoint.publish.site import root

    site = root() / "build" / "html"
    if not (site / "index.html").is_file():
        raise UserError("There is no site in build/html yet: run `make book` first.")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=site)
    click.echo(f"http://127.0.0.1:{port} (Ctrl-C stops it)")
    http.server.ThreadingHTTPServer(("127.0.0.1", port), handler).serve_forever()


if __name__ == "__main__":
    main()
