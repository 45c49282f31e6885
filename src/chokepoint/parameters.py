"""What a notebook's parameters are and may be: the interface of the book, checked before anything runs."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from chokepoint import syntax
from chokepoint.analysis import countries, decisions, supply
from chokepoint.data import tables
from chokepoint.errors import UserError, nearest

KINDS = {str: "a name", int: "a whole number", float: "a number", bool: "true or false"}
_TYPES = {t.__name__: t for t in KINDS}
_LINE = re.compile(r"^(\w+)[^#]*#\s*(.+)$", re.M)
SPAN = {"capital_usd_bn": (1.0, 100.0)}  # of what no assumption bounds
ASSUMED = {  # parameter → assumption whose range it has, and what the parameter has more than the assumption
    "floor_usd_per_kg": ("price_floor.floor", 0),
    "levy_usd_per_kg": ("coalition.levy", 0),
    "cut": ("supply_shock.cut", 0),
    "months": ("supply_shock.months", 0),
}


@dataclass(frozen=True)
class Parameter:
    """A line of a parameters cell: `name: type = default  # meaning`.

    A default of None leaves it to the data.
    """

    name: str
    type: type
    default: object
    meaning: str

    @property
    def span(self) -> tuple[float, float] | None:
        """Lowest and highest value of a number that has bounds."""
        if self.name not in ASSUMED:
            return SPAN.get(self.name)
        assumption, more = ASSUMED[self.name]
        row = tables.load("assumptions").set_index("assumption_id").loc[assumption]
        return float(row.low) + more, float(row.high) + more

    @property
    def choices(self) -> list[str] | None:
        """Every value of a name that has a list."""
        if self.name in ("release", "old", "new"):
            return [r for r in tables.releases() if r.startswith("mcs")]
        if self.name == "mineral":
            return sorted(tables.load("minerals").mineral)
        if self.name in decisions.CHOICES:
            return decisions.CHOICES[self.name]
        return sorted(countries.slugs().values()) if self.name == "country" else None

    def fault(self, value: object) -> str:
        """Say what is wrong with a value, and what would be right; nothing if it may be.

        >>> Parameter("cut", float, None, "").fault("half"), Parameter("cut", float, None, "").fault(0.5)
        ("is 'half'; expected a number, 0 to 1", '')
        """
        if value is None and self.default is None:
            return ""
        fits = type(value) is self.type or (self.type is float and type(value) is int)
        if not fits:
            return f"is {value!r}; expected {KINDS[self.type]}, {self.allowed or f'like {self.default!r}'}"
        if self.span and not self.span[0] <= value <= self.span[1]:
            return f"is {value!r}, outside its range; expected {self.allowed}"
        if (choices := self.choices) and value not in choices:
            return f"is {value!r}, which there is not. {nearest(value, choices)}"
        if self.name == "members" and (why := decisions.refusal(value)):
            return f"is {value!r}. {why}"
        return ""

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        if self.span:
            return f"{self.span[0]:g} to {self.span[1]:g}"
        if choices := self.choices:
            return ", ".join(choices) if len(choices) < 6 else f"one of {len(choices)} names"
        if self.name == "members":
            return decisions.CLUBS
        return ""

    def read(self, text: str) -> object:
        """Read a value typed on the command line, as the type it should have if it can be.

        Else it stays the text, for `fault` to refuse.

        >>> capital = Parameter("capital_usd_bn", float, None, "")
        >>> capital.read("20"), Parameter("mineral", str, "tin", "").read("gallium")
        (20.0, 'gallium')
        """
        try:
            return (
                {"true": True, "false": False}.get(text.lower(), text)
                if self.type is bool
                else self.type(text)
            )
        except ValueError:
            return text


def unusable(given: Mapping[str, object], known: Mapping[str, Parameter]) -> str:
    """Say what is wrong with the mineral given to a notebook that needs more of it than a page; else nothing.

    given: values that each may be. known: the notebook's parameters: with `story` it runs the scenario model,
    with `cut` it takes China's share of the mineral's output.
    """
    mineral = given.get("mineral")
    if mineral is None:
        return ""
    if "story" in known:
        return decisions.mineral_refusal(str(mineral))
    release = str(given.get("release") or tables.DEFAULT_RELEASE)
    if "cut" in known and mineral not in (shares := supply.china(release).index):
        return f"{mineral} has no published output by country. {nearest(str(mineral), shares)}"
    return ""


def parse(source: str) -> dict[str, Parameter]:
    """Read the parameters of a cell's source. ValueError or SyntaxError when a line is anything else.

    >>> parse('horizon: int = None  # the year looked at')["horizon"].meaning
    'the year looked at'
    """
    said = dict(_LINE.findall(source))
    found = {}
    for line in syntax.parse(source).body:
        if isinstance(line, ast.AnnAssign):
            target, kind = line.target, _TYPES[line.annotation.id]
        elif isinstance(line, ast.Assign):
            target, kind = line.targets[0], type(ast.literal_eval(line.value))
        else:
            continue
        found[target.id] = Parameter(target.id, kind, ast.literal_eval(line.value), said.get(target.id, ""))
    return found


def checked(name: str, kind: type, value: object) -> object:
    """Return a value given to a notebook by hand; UserError when it may not be."""
    if fault := Parameter(name, kind, None, "").fault(value):
        raise UserError(f"parameter {name} {fault}")
    return value
