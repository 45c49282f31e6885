"""What a choice did against doing nothing, in one sentence that is true at every setting."""

from __future__ import annotations

import pandas as pd

SAME = 1e-6
LAST = 2040


def sentence(mineral: str, choice: dict, chosen: dict[str, float], path: pd.DataFrame, nothing: pd.DataFrame, prices: bool) -> str:
    """One sentence on quantities, money and need; on prices only a direction, or a level where the model has earned it."""
    what = str(choice["form"])
    what = what[0].lower() + what[1:] if not what[1:2].isupper() else what
    if _same(path, nothing):
        return f"For {what} this changes nothing{_why_nothing(chosen, path)}."
    parts = [_made(path, nothing)]
    parts += [part for part in (_unserved(path, nothing), _buyers(path, nothing), _taxpayers(path), _makers(path), _members(path)) if part]
    if prices:
        parts.append(_price(path, nothing))
    return f"For {what}, {_listed(parts)}."


def _same(a: pd.DataFrame, b: pd.DataFrame) -> bool:
    kept = [c for c in a.columns if c not in ("members", "vault_cash")]
    gap, scale = (a[kept] - b[kept]).abs().max(), b[kept].abs().max().clip(lower=1e-9)
    return bool((gap <= SAME * scale).all())


def _why_nothing(chosen: dict[str, float], path: pd.DataFrame) -> str:
    floors = [chosen["floor"], chosen["floor_product"], chosen["floor_ore"]]
    if not any(floors) and not (chosen["strike"] or chosen["money"] or chosen["vault"]):
        return ": nothing was chosen"
    if path.net_imports.max() <= 0:
        return ": the club makes more than it uses, so that there are no imports to tax and none to store for"
    if max(floors) > 0 and (path.price_inside <= path.price_outside * (1 + SAME)).all():
        return ": the floor lies below the market"
    return ": it does not reach this market"


def _year(frame: pd.DataFrame, column: str, year: int = LAST) -> float:
    return float(frame[frame.year == year][column].mean())


def _percent(value: float) -> str:
    return "under 1 %" if 0 < value < 0.01 else f"{100 * value:.0f} %"


def _made(path: pd.DataFrame, nothing: pd.DataFrame) -> str:
    a, b = (_year(f, "output_club") / max(sum(_year(f, f"output_{r}") for r in ("club", "china", "rest")), 1e-300) for f in (path, nothing))
    if _percent(a) == _percent(b):
        return f"the club refines {_percent(a)} of the world's in {LAST}, as if nothing were done"
    return f"the club refines {_percent(a)} of the world's in {LAST} instead of {_percent(b)}"


def _unserved(path: pd.DataFrame, nothing: pd.DataFrame) -> str:
    a, b = float(path.unserved.max()), float(nothing.unserved.max())
    if max(a, b) < 0.005:
        return ""
    if _percent(a) == _percent(b):
        return f"in the worst month {_percent(a)} of its need goes without, as before"
    return f"in the worst month {_percent(a)} of its need goes without instead of {_percent(b)}"


def _money(millions: float) -> str:
    if millions >= 1000:
        return f"US${millions / 1000:,.1f} billion"
    return f"US${millions:,.0f} million" if millions >= 0.5 else "under US$0.5 million"


def _buyers(path: pd.DataFrame, nothing: pd.DataFrame) -> str:
    paid = float(path.buyers.mean())
    return f"its buyers pay {_money(paid)} a year above the price outside" if paid > 0 else ""


def _taxpayers(path: pd.DataFrame) -> str:
    paid = float(path.taxpayers.mean())
    if paid > 0:
        return f"its taxpayers pay {_money(paid)} a year"
    return f"its taxpayers take in {_money(-paid)} a year" if paid < 0 else ""


def _makers(path: pd.DataFrame) -> str:
    stay = _year(path, "makers")
    return f"{_percent(1 - stay)} of its makers of the next stage have left by {LAST}" if stay < 0.995 else ""


def _members(path: pd.DataFrame) -> str:
    first, last = path.members.max(), path.members.iloc[-1]
    return f"{first - last:.0f} of {first:.0f} members have left by {LAST}" if last < first else ""


def _price(path: pd.DataFrame, nothing: pd.DataFrame) -> str:
    a, b = float(path.price_outside.max()), float(nothing.price_outside.max())
    if _dollars(a) == _dollars(b):
        return f"the price outside reaches at most {_dollars(a)} a kilogram, as before"
    return f"the price outside reaches at most {_dollars(a)} a kilogram instead of {_dollars(b)}"


def _dollars(value: float) -> str:
    """Three digits at least, no powers of ten: the model deserves no more.

    >>> _dollars(0.1234), _dollars(12345.6), _dollars(58.04)
    ('US$0.123', 'US$12,346', 'US$58')
    """
    return f"US${value:,.0f}" if value >= 1000 else f"US${value:.3g}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
