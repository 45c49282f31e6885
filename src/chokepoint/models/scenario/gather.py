"""Countries added up to club, China and the rest, in the subset of Python that the page runs too.

A mineral's world is a list of eight figures, and each of its countries seven more; who is inside is the
reader's choice.

world    price [US$/kg], growth [a year], share of ore, share in the product, months of private stocks, 1 if
         the traded form is the ore itself, 1 if ore is not what limits, 1 if the IEA counts what is built
country  use, refined output, refining capacity (0 where none is published), ore, refining coming, ore coming
         [all t/year], 1 if it is one of those who cut
"""

PER_COUNTRY = 7
MOST_RUNNING = 0.97  # of a published capacity
BASE_LEAD = 48.0  # months over which what the IEA counts until 2030 comes into use
PLENTY = 10.0  # ore where it does not limit, over refining capacity


def gather(world, countries, inside, judged):
    """Return facts in the order of `inputs.FACTS`.

    inside  1 or 0 for each country
    judged  running, mine_running, dear, seed, refinery_lead, mine_lead, refinery_capital, mine_capital of
            the behaviour table
    """
    price, growth, own, host, counted = world[0], world[1], world[5], world[6], world[7]
    running, mine_running, dearer, first, refinery_lead, mine_lead = (
        judged[0],
        judged[1],
        judged[2],
        judged[3],
        judged[4],
        judged[5],
    )
    use = [0.0, 0.0, 0.0]
    output = [0.0, 0.0, 0.0]
    refinery = [0.0, 0.0, 0.0]
    mine = [0.0, 0.0, 0.0]
    coming = [0.0, 0.0, 0.0]
    mining = [0.0, 0.0, 0.0]
    for i in range(len(inside)):
        k = PER_COUNTRY * i
        r = 2
        if inside[i] > 0.0:
            r = 0
        elif countries[k + 6] > 0.0:
            r = 1
        use[r] += countries[k]
        output[r] += countries[k + 1]
        if countries[k + 2] > 0.0:
            refinery[r] += max(countries[k + 2], countries[k + 1] / MOST_RUNNING)
        else:
            refinery[r] += countries[k + 1] / running
        mine[r] += countries[k + 3] / mine_running
        coming[r] += countries[k + 4] / running
        mining[r] += countries[k + 5] / mine_running
    made = output[0] + output[1] + output[2]
    used = use[0] + use[1] + use[2]
    capacity = refinery[0] + refinery[1] + refinery[2]
    feed = max(0.0, capacity - mine[0] - mine[1] - mine[2])
    if own > 0.0 or host > 0.0:
        feed = PLENTY * capacity
    if own > 0.0:
        refinery_lead = mine_lead
    if counted > 0.0:
        refinery_lead = min(BASE_LEAD, refinery_lead)
        mine_lead = BASE_LEAD
    leader = 0
    for r in range(3):
        use[r] = use[r] * made / used  # rounding, and uses of two sources
        if counted <= 0.0:  # builders are taken to have kept pace with use
            coming[r] = max(0.0, growth) * refinery[r] * refinery_lead / 12.0
            mining[r] = max(0.0, growth) * mine[r] * mine_lead / 12.0
        if output[r] > output[leader]:
            leader = r
    facts = [price, growth, world[2], world[3], refinery_lead, mine_lead]
    facts.append(judged[6] * price / 1000.0)
    facts.append(judged[7] * price / 1000.0)
    facts.append(world[4])
    facts.append(feed)
    for r in range(3):
        facts.append(use[r])
    for r in range(3):
        facts.append(refinery[r])
    for r in range(3):
        facts.append(output[r])
    for r in range(3):
        facts.append(mine[r])
    for r in range(3):
        facts.append(coming[r])
    for r in range(3):
        facts.append(mining[r])
    for r in range(3):
        facts.append(1.0 if r == leader else dearer)
    for r in range(3):
        facts.append(0.0 if r == 1 else first * capacity)
    return facts
