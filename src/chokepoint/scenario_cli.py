"""`chokepoint scenario MINERAL`: decide, let China answer, and see."""

from __future__ import annotations

import sys

import click

from chokepoint.models.scenario.inputs import POLICY

SHOWN = ("outside_share", "output_club", "net_imports", "unserved", "vault", "buyers", "taxpayers", "members")


def _settings(command):
    """An option for each setting of the model; what may be given is said by the model, so each is taken as text."""
    for setting in reversed(POLICY):
        says = (
            f"{setting.meaning[0].upper()}{setting.meaning[1:]} [{setting.low:g} to {setting.high:g} {setting.unit}; {setting.default:g}]"
        )
        command = click.option(f"--{setting.name.replace('_', '-')}", setting.name, metavar="NUMBER", help=says)(command)
    return command


@click.command()
@click.argument("mineral", required=False)
@click.option(
    "--members",
    default="came",
    show_default=True,
    help="Who is in the club: signed, came, g7, trade_track, us, or ISO codes joined by commas.",
)
@click.option(
    "--story", help="Where to start from: nothing, ore_and_oxide, to_the_product, money, everything; what else is given comes on top."
)
@click.option("--csv", "as_csv", is_flag=True, help="The whole path, month by month, as CSV.")
@_settings
def scenario(mineral: str | None, members: str, story: str | None, as_csv: bool, **given: str | None) -> None:
    """What a floor, contracts, money or a Vault would do for a mineral, and what China's answer would; without MINERAL, the minerals."""
    from chokepoint.models.scenario import run
    from chokepoint.models.scenario.assemble import choice_of, minerals
    from chokepoint.models.scenario.results import SERIES

    if mineral is None:
        for name in minerals():
            choice = choice_of(name)
            click.echo(f"{name:16} grade {choice['grade']}: {choice['form']}. {choice['why']}")
        return
    made = run(mineral, members, story, **{name: value for name, value in given.items() if value is not None})
    if as_csv:
        made.table.to_csv(sys.stdout, index=False, lineterminator="\n")
        return
    click.echo(made.sentence)
    click.echo(f"Grade {made.grade}: {made.why}")
    click.echo("Against doing nothing, in brackets; means of the year:")
    yearly, nothing = made.table.groupby("year").mean(), made.nothing.groupby("year").mean()
    for name in SHOWN if made.settings["patience"] else SHOWN[:-1]:
        unit, meaning = SERIES[name]
        path = "  ".join(f"{year}: {yearly[name][year]:,.4g} ({nothing[name][year]:,.4g})" for year in (2026, 2030, 2035, 2040))
        click.echo(f"{name:14} {path}  {unit}: {meaning}")
