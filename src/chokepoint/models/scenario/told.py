"""What a run comes to, in figures and in one sentence; in the subset of Python that the page runs too.

Paths are the flat lists of `recursion.simulate`, WIDE figures a month.
"""

WIDE, A_YEAR = 35, 12  # figures a month, months
# Where a figure stands among a month's, as in `results.SERIES`.
PRICE_OUTSIDE, PRICE_INSIDE, USE_CLUB, OUTPUT_CLUB = 0, 1, 3, 6
OUTSIDE_SHARE, VAULT_HELD, NET_IMPORTS, BUYERS, TAXPAYERS = 15, 19, 22, 24, 29
UNSERVED, MAKERS, VAULT_CASH, MEMBERS = 30, 31, 33, 34
SAME = 1e-6  # a relative gap that changes nothing
NONE = -1.0  # there is no such figure


def mean_of_year(path, k, year):
    """Return the mean of a series in a year, counted from 0."""
    total = 0.0
    for t in range(A_YEAR * year, A_YEAR * year + A_YEAR):
        total += path[WIDE * t + k]
    return total / A_YEAR


def highest_of(path, k):
    """Return a series' highest month."""
    found = path[k]
    for t in range(len(path) // WIDE):
        found = max(found, path[WIDE * t + k])
    return found


def mean_of(path, k):
    """Return a series' mean over all years."""
    total = 0.0
    for t in range(len(path) // WIDE):
        total += path[WIDE * t + k]
    return total / (len(path) // WIDE)


def sum_up(path, first_year):
    """Return the figures of `results.SUMMARY`, in its order; NONE where there is no such figure."""
    years = len(path) // WIDE // A_YEAR
    last = years - 1
    refined = 0.0
    for r in range(3):
        refined += mean_of_year(path, OUTPUT_CLUB + r, last)
    half = NONE
    for y in range(years):
        if half == NONE and mean_of_year(path, OUTSIDE_SHARE, y) >= 0.5:
            half = first_year + y
    fullest = 0
    for t in range(len(path) // WIDE):
        if path[WIDE * t + VAULT_HELD] > path[WIDE * fullest + VAULT_HELD]:
            fullest = t
    held, lacked = path[WIDE * fullest + VAULT_HELD], path[WIDE * fullest + NET_IMPORTS]
    cover = NONE
    if lacked > 1e-9 * path[WIDE * fullest + USE_CLUB]:
        cover = 365.0 * held / lacked
    return [
        mean_of_year(path, OUTPUT_CLUB, last) / max(refined, 1e-300),
        mean_of_year(path, OUTSIDE_SHARE, last),
        half,
        highest_of(path, UNSERVED),
        mean_of_year(path, NET_IMPORTS, last),
        held,
        cover,
        highest_of(path, PRICE_OUTSIDE),
        mean_of(path, BUYERS),
        mean_of(path, TAXPAYERS),
        1.0 - mean_of_year(path, MAKERS, last),
        path[MEMBERS],
        path[MEMBERS] - path[len(path) - WIDE + MEMBERS],
    ]


def in_groups(value):
    """Write a number that is not negative without decimals, in groups of three digits.

    >>> in_groups(1234567.5), in_groups(0.4)
    ('1,234,568', '0')
    """
    left = int(value + 0.5)
    text = ""
    while left >= 1000:
        rest = str(left % 1000)
        while len(rest) < 3:
            rest = "0" + rest
        text = "," + rest + text
        left = left // 1000
    return str(left) + text


def with_decimals(value, decimals):
    """Write a number that is not negative, so many decimals, zeros at the end left out.

    >>> with_decimals(58.04, 1), with_decimals(0.1234, 3), with_decimals(1.96, 1)
    ('58', '0.123', '2')
    """
    scale = 1
    for _i in range(decimals):
        scale = scale * 10
    scaled = int(value * scale + 0.5)
    text = in_groups(scaled // scale)
    rest = scaled % scale
    if rest == 0:
        return text
    tail = str(rest)
    while len(tail) < decimals:
        tail = "0" + tail
    while tail[len(tail) - 1] == "0":
        tail = tail[0 : len(tail) - 1]
    return text + "." + tail


def percent(share):
    """Write a share in per cent.

    >>> percent(0.004), percent(0.256), percent(0)
    ('under 1%', '26%', '0%')
    """
    if share > 0.0 and share < 0.01:
        return "under 1%"
    return in_groups(100.0 * share) + "%"


def dollars(value):
    """Write a price, three digits at least and no powers of ten.

    >>> dollars(0.1234), dollars(12345.6), dollars(58.04)
    ('US$0.123', 'US$12,346', 'US$58')
    """
    decimals, size = 2, value
    while size < 1.0 and decimals < 8:
        size = size * 10.0
        decimals += 1
    while size >= 10.0 and decimals > 0:
        size = size / 10.0
        decimals = decimals - 1
    return "US$" + with_decimals(value, decimals)


def in_millions(value):
    """Write US$ million.

    >>> in_millions(1234), in_millions(12.3), in_millions(0.2)
    ('US$1.2 billion', 'US$12 million', 'under US$0.5 million')
    """
    if value >= 999.5:
        return "US$" + with_decimals(value / 1000.0, 1) + " billion"
    return "US$" + in_groups(value) + " million" if value >= 0.5 else "under US$0.5 million"


def roughly(value):
    """Write US$ million to one figure, for sums of prices that the model has not earned to show.

    >>> roughly(117), roughly(86.2), roughly(1450), roughly(0.2)
    ('roughly US$100 million', 'roughly US$90 million', 'roughly US$1 billion', 'under US$0.5 million')
    """
    step = 1.0
    while value >= 10.0 * step:
        step = step * 10.0
    rounded = int(value / step + 0.5) * step
    return "roughly " + in_millions(rounded) if value >= 0.5 else in_millions(value)


def against(here, there, what, same):
    """Write a figure of what against that of doing nothing."""
    return here + what + (same if here == there else " instead of " + there)


def alike(path, nothing):
    """Say whether two paths are the same in every series that anybody but the Vault's treasurer sees."""
    for k in range(WIDE):
        gap, scale = 0.0, 1e-9
        for t in range(len(path) // WIDE):
            gap = max(gap, abs(path[WIDE * t + k] - nothing[WIDE * t + k]))
            scale = max(scale, abs(nothing[WIDE * t + k]))
        if k != VAULT_CASH and k != MEMBERS and gap > SAME * scale:
            return False
    return True


def nothing_chosen(policy):
    """Say whether there is no floor, contract, money or Vault: then what is told is China's answer alone."""
    return policy[0] + policy[1] + policy[2] + policy[5] + policy[9] + policy[13] <= 0.0


def why_nothing(policy, path):
    """Say why a policy changes nothing."""
    if nothing_chosen(policy):
        return ": nothing was chosen"
    if highest_of(path, NET_IMPORTS) <= 0.0:
        return ": the club makes more than it uses, so that there are no imports to tax and none to store for"
    above = False
    for t in range(len(path) // WIDE):
        if path[WIDE * t + PRICE_INSIDE] > path[WIDE * t + PRICE_OUTSIDE] * (1.0 + SAME):
            above = True
    if policy[0] + policy[1] + policy[2] > 0.0 and not above:
        return ": the floor lies below the market"
    return ": it does not reach this market"


def tell(form, policy, path, nothing, first_year, prices):
    """Return one sentence on quantities, money and need; on prices only where the model has earned it.

    form      what is traded, as it stands within a sentence
    policy    in the order of `inputs.POLICY`
    nothing   the path of doing nothing; without China's answer where nothing is chosen
    prices    the price at which the model shares out what is missing, US$/kg; 0 if no prices are shown,
              and then sums of money are told to one figure
    """
    if alike(path, nothing):
        return "For " + form + " this changes nothing" + why_nothing(policy, path) + "."
    a, b = sum_up(path, first_year), sum_up(nothing, first_year)
    by = str(first_year + len(path) // WIDE // A_YEAR - 1)
    who = "with China’s answer alone the club" if nothing_chosen(policy) else "the club"
    output = " of the world’s output in " + by
    parts = [who + " makes " + against(percent(a[0]), percent(b[0]), output, " either way")]
    if max(a[3], b[3]) >= 0.02 and percent(a[3]) != percent(b[3]):
        parts.append(
            "in the worst month " + against(percent(a[3]), percent(b[3]), " of its need goes without", "")
        )
    sum_of = in_millions if prices > 0.0 else roughly
    if a[8] > 0.0:
        parts.append("its buyers pay " + sum_of(a[8]) + " a year above the price outside")
    if a[9] > 0.0:
        parts.append("its taxpayers pay " + sum_of(a[9]) + " a year")
    if a[9] < 0.0:
        parts.append("its taxpayers take in " + sum_of(-a[9]) + " a year")
    if a[10] >= 0.005:
        parts.append(percent(a[10]) + " of its makers of the next stage have left by " + by)
    if a[12] > 0.0:
        parts.append(in_groups(a[12]) + " of " + in_groups(a[11]) + " members have left by " + by)
    if prices > 0.0 and abs(a[7] / b[7] - 1.0) >= 0.02:
        reached, otherwise = "at most " + dollars(a[7]) + " a kilogram", dollars(b[7])
        if a[7] >= prices * (1.0 - SAME):
            reached = "the model’s limit"
        if b[7] >= prices * (1.0 - SAME):
            otherwise = "the model’s limit"
        parts.append("the price outside reaches " + reached + " instead of " + otherwise)
    said = parts[0]
    for i in range(1, len(parts)):
        said += (" and " if i == len(parts) - 1 else ", ") + parts[i]
    return "For " + form + ", " + said + "."
