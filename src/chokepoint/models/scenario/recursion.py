"""The scenario model's recursion: one mineral, three stages, three regions, month by month; written once.

Only floats, lists, `for`, `if` and `math`, so that this very text also runs in the page (see `javascript`).
It knows no files and no names: what goes in and comes out is in `inputs` and `results`, in the order in which
it is unpacked here.

Regions are 0 the club, 1 China (or whoever cuts), 2 the rest. Quantities are tonnes of the traded form a
month, prices are ratios to the price of the start, and x is the logarithm of such a ratio. Money is US$
million. Equation numbers are those of the model's description:

    1  supply       S = min(K, ore) / (1 + (c/p)^η)
    2  use          D = D₀ · gᵗ · A · s · p^(−ε);  ln A drifts to −(ε_long − ε) · ln p, partly at once
    3  stocks       aim at n · (1 + h·fear) · (p/E)^(−ψ) months of use, adjusted over T months
    4  clearing     one price; if China's export cap binds, one outside and one in China
    5  inside       max(p, min(p + (1−φ)(floor − p), price at which the club feeds itself))
    6  investment   max(0, g + ι · (E/cost − 1)) · K + public money / capital cost, after the lead time
    7  makers       leave when the effective protection of their own work, over a year, is negative
    8  Vault        buys while the price is as expected, draws the month after a crisis, within its money
    9  China        nothing, a cut, licences that open slowly, or cheap supply
    10 members      leave after some years of net loss
"""

import math

# Where each figure of one month's market stands in its list; three regions each: use at the start's price,
# what can be made, log of running cost.
USE, CAPACITY, COST = 0, 3, 6
SHORT_RUN, STEEPNESS = 9, 10  # ε, η
STOCK, STOCK_AIM, SPECULATION, EXPECTED, ADJUSTMENT, MOST_BOUGHT = 11, 12, 13, 14, 15, 16
VAULT_WANT, VAULT_SPEND, VAULT_DRAW = 17, 18, 19
FLOOR, EVASION, SELF_SUFFICIENT, STRIKE, COVERED = 20, 21, 22, 23, 24
CRISIS, CLUB_IN, CHINA_IN, REST_IN, CONSTANT = 25, 26, 27, 28, 29  # which parts `shortage` counts

LOWEST = -6.0  # of x; no price falls below 0.25% of the start's
DEAR = 0.22314355131420976  # log of 1.25: at a quarter above what is expected a price is dear
EXACT = 4e-15  # width of x at which a price counts as found
SERIES = 35  # figures a month in the result


def supplied(x, capacity, cost, steepness):
    """Give output at the log price x [t/month]: half of what can be made where it is the running cost (1)."""
    return capacity / (1.0 + math.exp(steepness * (cost - x)))


def used(x, use, elasticity):
    """Give use within the month at the log price x [t/month] (equation 2)."""
    return use * math.exp(-elasticity * x)


def price_inside(x, market):
    """Give the log price in the club when x is the outside one (equation 5)."""
    outside = math.exp(x)
    if market[FLOOR] <= outside:
        return x
    raised = math.log(outside + (1.0 - market[EVASION]) * (market[FLOOR] - outside))
    return max(x, min(raised, market[SELF_SUFFICIENT]))


def club_supply(inside, market):
    """Give the club's output at its own log price [t/month], what is under contract at the strike."""
    free = supplied(inside, market[CAPACITY], market[COST], market[STEEPNESS])
    if market[COVERED] <= 0.0 or market[STRIKE] <= inside:
        return free
    return (1.0 - market[COVERED]) * free + market[COVERED] * supplied(
        market[STRIKE], market[CAPACITY], market[COST], market[STEEPNESS]
    )


def stocking(x, market):
    """Give what private stocks outside China take up, negative when drawn down [t/month] (equation 3)."""
    aim = market[STOCK_AIM] * math.exp(-market[SPECULATION] * (x - market[EXPECTED]))
    return max(-market[STOCK], min(market[MOST_BOUGHT], (aim - market[STOCK]) * market[ADJUSTMENT]))


def filling(x, market):
    """Give what the Vault buys, within what it wants and its month's money [t/month] (equation 8).

    It wants less the further the price is above the expected one, and nothing at a quarter above.
    """
    ease = min(1.0, max(0.0, 1.0 - (x - market[EXPECTED]) / DEAR))
    return min(market[VAULT_WANT] * ease, market[VAULT_SPEND] * math.exp(-x))


def drawing(x, market):
    """Give what the Vault gives out: all it may in a crisis, part of it when the price alone says so."""
    need = min(1.0, max(market[CRISIS], (x - market[EXPECTED]) / DEAR - 1.0))
    return market[VAULT_DRAW] * max(0.0, need)


def shortage(x, market):
    """Give use less supply of the parts counted, at the log price x [t/month]; it falls as x rises."""
    total = market[CONSTANT]
    if market[CLUB_IN] > 0.0:
        inside = price_inside(x, market)
        total += used(inside, market[USE], market[SHORT_RUN]) - club_supply(inside, market)
    if market[CHINA_IN] > 0.0:
        total += used(x, market[USE + 1], market[SHORT_RUN]) - supplied(
            x, market[CAPACITY + 1], market[COST + 1], market[STEEPNESS]
        )
    if market[REST_IN] > 0.0:
        total += used(x, market[USE + 2], market[SHORT_RUN]) - supplied(
            x, market[CAPACITY + 2], market[COST + 2], market[STEEPNESS]
        )
        total += stocking(x, market) + filling(x, market) - drawing(x, market)
    return total


def clearing(market, club, china, rest, constant, guess, highest):
    """Give the log price at which the parts named 1 balance, looked for from `guess` (equation 4).

    It lies between LOWEST and `highest`. Bracketing outward from the guess, then Chandrupatla's method:
    inverse quadratic steps where they are safe, halving where not.
    """
    market[CLUB_IN], market[CHINA_IN], market[REST_IN], market[CONSTANT] = club, china, rest, constant
    a = max(LOWEST, min(highest, guess))
    fa = shortage(a, market)
    b = a
    fb = fa
    step = 0.01
    while fa * fb > 0.0:
        a = b
        fa = fb
        if fa > 0.0:
            if a >= highest:
                return highest  # not even the highest price balances: what is missing is shared out
            b = min(highest, a + step)
        else:
            if a <= LOWEST:
                return LOWEST
            b = max(LOWEST, a - step)
        fb = shortage(b, market)
        step = step * 4.0
    t = 0.5
    for _i in range(100):
        if fa == 0.0 or fb == 0.0 or abs(b - a) < EXACT:
            break
        x = a + t * (b - a)
        fx = shortage(x, market)
        if (fx > 0.0 and fa > 0.0) or (fx < 0.0 and fa < 0.0):
            c = a
            fc = fa
        else:
            c = b
            fc = fb
            b = a
            fb = fa
        a = x
        fa = fx
        least = 0.5 * EXACT / max(EXACT, abs(b - a))
        xi = (a - b) / (c - b)
        phi = (fa - fb) / (fc - fb)
        t = 0.5
        if phi * phi < xi and (1.0 - phi) * (1.0 - phi) < 1.0 - xi:
            t = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        t = max(least, min(1.0 - least, t))
    if abs(fb) < abs(fa):
        return b
    return a


def fed(refinery, mine, feed):
    """Give what each region's refineries can run on [t/month].

    Its own ore first, then a share of what is over elsewhere and of scrap and stocks.

    refinery, mine  capacity by region [t/month]
    feed            scrap, stocks and by-product feed that mines do not count [t/month]
    """
    over, wanting = feed, 0.0
    for r in range(3):
        over += max(0.0, mine[r] - refinery[r])
        wanting += max(0.0, refinery[r] - mine[r])
    share = min(1.0, over / max(wanting, 1e-300))
    able = []
    for r in range(3):
        able.append(min(refinery[r], mine[r] + share * max(0.0, refinery[r] - mine[r])))
    return able


def between(t, start, length):
    """1 from month `start` for `length` months, else 0."""
    if t >= start and t < start + length:
        return 1.0
    return 0.0


def simulate(facts, behaviour, policy, members, months):
    """Return the whole path: for each month a figure for each of `results.SERIES`, one after the other.

    facts      one mineral, summed over the regions, in the order of `inputs.FACTS`
    behaviour  in the order of `inputs.BEHAVIOUR`
    policy     in the order of `inputs.POLICY`
    members    shares of the club's use, refineries and mines, three for each member; empty where nobody may
               leave
    months     how many
    """
    price0, growth, ore_share, input_share = facts[0], facts[1], facts[2], facts[3]
    refinery_lead, mine_lead, refinery_capital, mine_capital = (
        int(facts[4]),
        int(facts[5]),
        facts[6],
        facts[7],
    )
    stock_months, feed0 = facts[8], facts[9]
    elasticity, long_elasticity, drift, steepness, speculation = (
        behaviour[0],
        behaviour[1],
        behaviour[2],
        behaviour[3],
        behaviour[4],
    )
    hoarding, adjustment, calming, learning, investing = (
        behaviour[5],
        behaviour[6],
        behaviour[7],
        behaviour[8],
        behaviour[9],
    )
    fastest, closing, sensitivity, leaving, credibility = (
        behaviour[10],
        behaviour[11],
        behaviour[12],
        behaviour[13],
        behaviour[14],
    )
    highest, carry, tolerance = math.log(behaviour[15]), behaviour[16], behaviour[17]
    floor_ore, floor, floor_product, evasion, floor_from = (
        policy[0],
        policy[1],
        policy[2],
        policy[3],
        policy[4],
    )
    strike, covered, strike_from, strike_months = policy[5], policy[6], policy[7], policy[8]
    money, money_from, money_months, money_to_mines = policy[9], policy[10], policy[11], policy[12]
    budget, cover_days, fill_months, fill_share, draw_share, vault_from = (
        policy[13],
        policy[14],
        policy[15],
        policy[16],
        policy[17],
        policy[18],
    )
    cut, cut_from, cut_months, leak = policy[19], policy[20], policy[21], policy[22]
    held, opening, settled, aim_at_rest = policy[23], policy[24], policy[25], policy[26]
    flood, flood_trigger, flood_from, flood_months = policy[27], policy[28], policy[29], policy[30]
    patience = policy[31]

    month_elasticity = elasticity + (long_elasticity - elasticity) / (drift + 1.0)
    use0 = []
    refinery = []
    mine = []
    cost = []
    dear = []
    seed = []
    thrift = []  # ln A
    expected = []  # ln E
    for r in range(3):
        use0.append(facts[10 + r] / 12.0)
        refinery.append(facts[13 + r] / 12.0)
        running = max(
            1e-12, min(1.0 - 1e-12, facts[16 + r] / max(facts[13 + r], 1e-300))
        )  # share of capacity that runs at the start
        cost.append(
            math.log(1.0 / running - 1.0) / steepness
        )  # so that the start's output is made at the start's price
        mine.append(facts[19 + r] / 12.0)
        dear.append(facts[28 + r])
        seed.append(facts[31 + r] / 12.0)
        thrift.append(0.0)
        expected.append(0.0)
    coming = []  # capacity that comes into use, by month and region
    mining = []
    for t in range(months + max(refinery_lead, mine_lead) + 1):
        for r in range(3):
            coming.append(facts[22 + r] / 12.0 / refinery_lead if t < refinery_lead else 0.0)
            mining.append(facts[25 + r] / 12.0 / mine_lead if t < mine_lead else 0.0)
    stays = []
    losing = []
    for _i in range(len(members) // 3):
        stays.append(1.0)
        losing.append(0.0)
    use_in, refinery_in, mine_in = 1.0, 1.0, 1.0  # of the club's first shares, what has not left

    stock = stock_months * (use0[0] + use0[2])
    vault, cash, makers, fear, flooding = 0.0, budget, 1.0, 0.0, 0.0
    last, last_inside, last_china, sheltered = 0.0, 0.0, 0.0, 0.0
    outside_share, need, lacked = 0.0, 0.0, max(0.0, facts[10] - facts[16]) / 12.0  # lacked: need over a year
    usual = max(0.0, facts[17] - facts[11]) / 12.0  # China's exports while it cuts nothing
    market = []
    for _i in range(30):
        market.append(0.0)
    made, taken, wants = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
    result = []

    for t in range(months):
        grown = math.exp(math.log(1.0 + growth) * t / 12.0)
        has_floor = 1.0 if t >= floor_from else 0.0
        ore_levy = 0.0
        for r in range(3):
            refinery[r] += coming[3 * t + r]
            mine[r] += mining[3 * t + r]
            wants[r] = use0[r] * grown * math.exp(thrift[r] * drift / (drift + 1.0))
        if (
            has_floor > 0.0 and floor_ore > 1.0 and mine[0] < refinery[0]
        ):  # a levy on ore that the club imports
            ore_levy = (1.0 - evasion) * (floor_ore - 1.0) * ore_share
        wants[1] += wants[0] * (1.0 - makers)  # makers who left buy in China
        wants[0] = wants[0] * makers
        able = fed(refinery, mine, feed0 / 12.0 * grown)
        standing = [refinery[0], refinery[1], refinery[2], mine[0], mine[1], mine[2]]

        # China's answer (equation 9)
        ramp = max(0.0, min(1.0, (outside_share - flood_trigger) / 0.1)) if flood_trigger > 0.0 else 1.0
        flooding += (
            flood * between(t, flood_from, flood_months) * ramp - flooding
        ) / 6.0  # orders take half a year
        depth = cut * between(t, cut_from, cut_months)
        depth = depth * (settled + (1.0 - settled) * max(0.0, 1.0 - max(0.0, t - cut_from - held) / opening))
        outside_use = wants[0] + wants[2]
        reach = (wants[0] + aim_at_rest * wants[2]) / max(outside_use, 1e-300)
        withheld = depth * (1.0 - leak) * reach
        alarm = fear  # the Vault answers what it saw the month before
        fear = max(fear * (1.0 - calming), withheld * min(1.0, usual / max(outside_use, 1e-300)))

        # This month's market
        for r in range(3):
            market[USE + r] = wants[r]
            market[CAPACITY + r] = able[r]
            market[COST + r] = cost[r]
        if ore_levy > 0.0:
            market[COST] = math.log(math.exp(cost[0]) + ore_levy)
        if flooding > 0.0:
            market[COST + 1] = cost[1] + math.log(1.0 - flooding)
        market[SHORT_RUN], market[STEEPNESS] = month_elasticity, steepness
        market[STOCK], market[SPECULATION], market[EXPECTED], market[ADJUSTMENT] = (
            stock,
            speculation,
            expected[2],
            1.0 / adjustment,
        )
        market[STOCK_AIM] = stock_months * (use0[0] + use0[2]) * grown * (1.0 + hoarding * fear)
        market[MOST_BOUGHT] = outside_use
        market[VAULT_WANT], market[VAULT_SPEND] = 0.0, 0.0
        market[VAULT_DRAW], market[CRISIS] = min(vault, draw_share * need), min(1.0, alarm / 0.05)
        if t >= vault_from and alarm < 0.05:
            want = min((cover_days / 365.0 * 12.0 * lacked - vault) / 6.0, fill_share * outside_use)
            market[VAULT_WANT] = max(0.0, want)
            market[VAULT_SPEND] = max(0.0, min(cash, budget / fill_months)) * 1000.0 / price0
        market[FLOOR] = has_floor * floor
        market[EVASION] = evasion
        market[COVERED] = covered * between(t, strike_from, strike_months)
        market[STRIKE] = math.log(max(strike, 1e-300))
        market[SELF_SUFFICIENT] = highest
        if market[FLOOR] > 0.0:  # no levy holds a price above the one at which the club feeds itself
            market[FLOOR] = 0.0
            market[SELF_SUFFICIENT] = clearing(market, 1.0, 0.0, 0.0, 0.0, last_inside, highest)
            market[FLOOR] = floor

        world = clearing(market, 1.0, 1.0, 1.0, 0.0, last, highest)
        china_makes = supplied(world, market[CAPACITY + 1], market[COST + 1], steepness)
        china_uses = used(world, wants[1], month_elasticity)
        exports = china_makes - china_uses
        allowed = usual * (1.0 - withheld)
        outside = world
        china = world
        parted = 0.0
        if withheld > 0.0 and exports > allowed:
            parted = 1.0
            exports = allowed
            outside = clearing(market, 1.0, 0.0, 1.0, -exports, max(world, last), highest)
            china = clearing(market, 0.0, 1.0, 0.0, exports, min(world, last_china), highest)
        inside = price_inside(outside, market)
        made[0], taken[0] = club_supply(inside, market), used(inside, wants[0], month_elasticity)
        made[1], taken[1] = (
            supplied(china, able[1], market[COST + 1], steepness),
            used(china, wants[1], month_elasticity),
        )
        made[2], taken[2] = (
            supplied(outside, able[2], market[COST + 2], steepness),
            used(outside, wants[2], month_elasticity),
        )
        flow, filled, drawn = stocking(outside, market), filling(outside, market), drawing(outside, market)
        if parted > 0.0:  # in China no more is made than is used or let out
            made[1] = taken[1] + exports
        short = taken[0] + taken[2] + flow + filled - drawn - made[0] - made[2] - exports
        if (
            short > 0.0 and outside >= highest
        ):  # at the highest price all who take get the same share of what there is
            takers = taken[0] + taken[2] + max(0.0, flow) + filled
            if parted <= 0.0:
                takers += taken[1]
            served = max(0.0, 1.0 - short / max(takers, 1e-300))
            taken[0], taken[2], filled = taken[0] * served, taken[2] * served, filled * served
            if parted <= 0.0:
                taken[1] = taken[1] * served
                exports = made[1] - taken[1]
            if flow > 0.0:
                flow = flow * served
        if (
            short < 0.0 and outside <= LOWEST
        ):  # nobody takes more at any price: the rest is not made, or not sold
            givers = made[0] + made[2] + max(0.0, -flow) + drawn + (exports if parted > 0.0 else made[1])
            sold = max(0.0, 1.0 + short / max(givers, 1e-300))
            made[0], made[2], drawn = made[0] * sold, made[2] * sold, drawn * sold
            if flow < 0.0:
                flow = flow * sold
            if parted > 0.0:
                exports = exports * sold
                made[1] = taken[1] + exports
            else:
                made[1] = made[1] * sold
                exports = made[1] - taken[1]

        stock = max(0.0, stock + flow)
        vault = max(0.0, vault + filled - drawn)
        po, pi, pc = math.exp(outside), math.exp(inside), math.exp(china)
        per_tonne = price0 / 1000.0
        paid = filled * po * per_tonne
        earned = drawn * po * per_tonne
        cash = max(0.0, cash - paid + earned)
        if withheld <= 0.0:
            usual += (max(0.0, exports) - usual) / 12.0
        need = max(
            0.0, taken[0] * (1.0 - 1e-9) - made[0]
        )  # less what rounding leaves where the club just feeds itself
        lacked += (need - lacked) / 12.0
        all_made = made[0] + made[1] + made[2]
        outside_share = (made[0] + made[2]) / max(all_made, 1e-300)
        levy = pi - po
        revenue = (1.0 - evasion) * levy * need * per_tonne * 12.0
        top_up = 0.0
        if market[COVERED] > 0.0 and market[STRIKE] > inside:
            under_contract = market[COVERED] * supplied(market[STRIKE], able[0], market[COST], steepness)
            top_up = (math.exp(market[STRIKE]) - pi) * under_contract * per_tonne * 12.0
        spent = money * between(t, money_from, money_months)
        holding = vault * po * per_tonne * carry

        # Slow things: thrift (2), expectations and building (6), makers (7), members (10)
        prices = [inside, china, outside]
        for r in range(3):
            thrift[r] = (thrift[r] * drift - (long_elasticity - elasticity) * prices[r]) / (drift + 1.0)
            expected[r] += learning * (prices[r] - expected[r])
        for r in range(3):
            hoped = math.exp(expected[r])
            ore_hoped = hoped
            if r == 0:
                promised = 0.0
                if has_floor > 0.0:
                    kept = max(hoped, min(floor, math.exp(market[SELF_SUFFICIENT])))
                    promised = hoped + (1.0 - evasion) * (kept - hoped)
                if market[COVERED] > 0.0:
                    promised = max(promised, market[COVERED] * strike + (1.0 - market[COVERED]) * hoped)
                hoped = max(hoped, credibility * promised + (1.0 - credibility) * hoped)
                ore_hoped = (
                    max(hoped, credibility * has_floor * floor_ore + (1.0 - credibility) * hoped)
                    if ore_levy > 0.0
                    else hoped
                )
                hoped = max(0.0, hoped - credibility * ore_levy)
            if r == 1 and flooding > 0.0:
                hoped = hoped / (1.0 - 0.8 * flooding)
                ore_hoped = hoped
            granted = spent / 12.0 if r == 0 else 0.0
            base, ground = refinery[r] + seed[r], mine[r] + seed[r]
            built = min(investing, max(0.0, growth + investing * (hoped / dear[r] - 1.0))) * base / 12.0
            built += granted * (1.0 - money_to_mines) / refinery_capital / 12.0
            dug = min(investing, max(0.0, growth + investing * (ore_hoped / dear[r] - 1.0))) * ground / 12.0
            dug += granted * money_to_mines / mine_capital / 12.0
            coming[3 * (t + refinery_lead) + r] += min(built, fastest * base / 12.0)
            mining[3 * (t + mine_lead) + r] += min(dug, fastest * ground / 12.0)
            below = (
                prices[r] - min(0.0, cost[r]) - math.log(0.75)
            )  # paid less than three quarters of running cost?
            if r == 1 and flooding > 0.0:
                below += -math.log(1.0 - flooding)
            if below < 0.0 and refinery[r] > 0.0:
                refinery[r] = refinery[r] * (1.0 - closing / 12.0 * min(1.0, -4.0 * below))
        product = 1.0 + input_share * (po - 1.0)  # world price of the product follows its input's
        share = min(0.9, input_share * po / product)
        protection = has_floor * (1.0 - evasion) * max(0.0, floor_product / product - 1.0)
        effective = (protection - share * (pi / po - 1.0)) / (1.0 - share)
        sheltered += (effective - sheltered) / 12.0  # plants go by a year, not by a month
        makers += leaving * (math.exp(sensitivity * min(0.0, sheltered)) - makers)
        gone = 0.0
        if patience > 0.0:
            for i in range(len(stays)):
                gone += 1.0 - stays[i]
                if stays[i] > 0.0:
                    uses = members[3 * i] / max(use_in, 1e-300) * taken[0]
                    makes = members[3 * i + 1] / max(refinery_in, 1e-300) * made[0]
                    loss = levy * (uses - makes) * per_tonne - revenue / 12.0 * members[3 * i] / max(
                        use_in, 1e-300
                    )
                    losing[i] = losing[i] + 1.0 / 12.0 if loss > tolerance * uses * po * per_tonne else 0.0
            for i in range(len(stays)):
                if stays[i] > 0.0 and losing[i] >= patience - 1e-9:
                    stays[i] = 0.0
                    gone += 1.0
                    f = min(1.0, members[3 * i] / max(use_in, 1e-300))
                    moved = use0[0] * f
                    use0[0] -= moved
                    use0[2] += moved * math.exp(thrift[0] - thrift[2]) * makers
                    use_in -= members[3 * i]
                    f = min(1.0, members[3 * i + 1] / max(refinery_in, 1e-300))
                    refinery[2] += refinery[0] * f
                    refinery[0] -= refinery[0] * f
                    for k in range(t + 1, len(coming) // 3):
                        coming[3 * k + 2] += coming[3 * k] * f
                        coming[3 * k] -= coming[3 * k] * f
                    refinery_in -= members[3 * i + 1]
                    f = min(1.0, members[3 * i + 2] / max(mine_in, 1e-300))
                    mine[2] += mine[0] * f
                    mine[0] -= mine[0] * f
                    for k in range(t + 1, len(mining) // 3):
                        mining[3 * k + 2] += mining[3 * k] * f
                        mining[3 * k] -= mining[3 * k] * f
                    mine_in -= members[3 * i + 2]
        unserved = max(0.0, 1.0 - taken[0] / max(wants[0], 1e-300)) if wants[0] > 0.0 else 0.0
        last, last_inside, last_china = outside, inside, china

        result.append(po * price0)
        result.append(pi * price0)
        result.append(pc * price0)
        for r in range(3):
            result.append(taken[r] * 12.0)
        for r in range(3):
            result.append(made[r] * 12.0)
        for k in range(6):
            result.append(standing[k] * 12.0)
        result.append(outside_share)
        result.append(exports * 12.0)
        result.append(stock)
        result.append(flow * 12.0)
        result.append(vault)
        result.append(filled * 12.0)
        result.append(drawn * 12.0)
        result.append(need * 12.0)
        result.append(levy * price0)
        result.append(levy * taken[0] * per_tonne * 12.0)
        result.append(revenue)
        result.append(top_up)
        result.append(spent)
        result.append((paid - earned) * 12.0 + holding)
        result.append(top_up + spent + (paid - earned) * 12.0 + holding - revenue)
        result.append(unserved)
        result.append(makers)
        result.append(withheld)
        result.append(cash)
        result.append(len(stays) - gone)
    return result
