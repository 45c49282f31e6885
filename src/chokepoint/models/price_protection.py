"""Model 2, second half: a price floor as an option that a government gives away.

The state tops the price up to a strike and takes a share of what is above it. The price wanders and returns
to a long-run level: d ln P = κ (ln L − ln P) dt + σ dW, the one-factor form of Schwartz (1997). Each year is
an option on the price expected then, valued by the formula of Black (1976); the normal distribution by
formula 7.1.26 of Abramowitz and Stegun (1964).
"""

from .expr import absolute, exp, log, maximum, power, where
from .model import BOUND, Model, check

YEARS = 10  # the term of the contract


def normal_cdf(x):
    """Probability that a standard normal number is below x.

    Polynomial 7.1.26 of Abramowitz and Stegun, error below 8e-8.

    >>> round(normal_cdf(1.96), 4)
    0.975
    """
    z = absolute(x) / 2**0.5
    u = 1 / (1 + 0.3275911 * z)
    tail = (
        ((((1.061405429 * u - 1.453152027) * u + 1.421413741) * u - 0.284496736) * u + 0.254829592)
        * u
        * exp(-z * z)
    )
    return where(x < 0, 0.5 * tail, 1 - 0.5 * tail)


def expected_price(*, start_price, long_run_price, reversion, volatility, years):
    """Price expected after some years, and the variance of its logarithm.

    >>> price, variance = expected_price(start_price=60, long_run_price=60, reversion=0.5, volatility=0,
    ...     years=3)
    >>> round(price, 6), variance
    (60.0, 0.0)
    """
    memory = exp(-reversion * years)
    slow = maximum(reversion, 1e-6)
    variance = volatility * volatility * (1 - exp(-2 * slow * years)) / (2 * slow)
    return exp(memory * log(start_price) + (1 - memory) * log(long_run_price) + variance / 2), variance


def put_and_call(*, forward, variance, strike, rate, years):
    """Value today the right to sell, and to buy, at the strike after some years [unit of the prices].

    >>> put, call = put_and_call(forward=60, variance=0.04, strike=110, rate=0, years=1)
    >>> round(put - call, 6)
    50.0
    """
    deviation = power(maximum(variance, 1e-12), 0.5)
    d1 = (log(forward / strike) + variance / 2) / deviation
    d2 = d1 - deviation
    discount = exp(-rate * years)
    put = discount * (strike * normal_cdf(-d2) - forward * normal_cdf(-d1))
    call = discount * (forward * normal_cdf(d1) - strike * normal_cdf(d2))
    return put, call


def price_protection(
    *,
    strike,
    start_price,
    long_run_price,
    reversion,
    volatility,
    rate,
    upside_share,
    upside_from,
    first_output,
    output_growth,
    full_output,
    benchmark_price,
    eligible_tonnes,
):
    """Return what ten years of a guaranteed price are expected to cost the state.

    strike           guaranteed price [US$/kg]
    start_price      price at the start [US$/kg]
    long_run_price   price it returns to [US$/kg]
    reversion        speed of the return [per year]
    volatility       of the log price [per square root of a year]
    rate             safe interest rate [per year]
    upside_share     share of the price above the strike that the state takes [0–1]
    upside_from      year of the contract from which it takes it [years]
    first_output     output in the first year [kt/year]
    output_growth    added each year [kt/year]
    full_output      at most [kt/year]
    benchmark_price  price of the quarter looked at [US$/kg]
    eligible_tonnes  tonnes of NdPr covered in that quarter [t]

    >>> r = price_protection(strike=110, start_price=60, long_run_price=60, reversion=0.5, volatility=0.35,
    ...     rate=0.045, upside_share=0.3, upside_from=0, first_output=2.6, output_growth=0.9, full_output=6,
    ...     benchmark_price=72, eligible_tonnes=1340)
    >>> round(r["guarantee"]), round(r["upside"]), round(r["net_cost"]), round(r["certain_cost"])
    (1914, 8, 1906, 1888)
    """
    guarantee = upside = certain_cost = first_payment = 0
    for year in range(YEARS):
        years = year + 0.5
        output = where(
            first_output + output_growth * year < full_output,
            first_output + output_growth * year,
            full_output,
        )
        forward, variance = expected_price(
            start_price=start_price,
            long_run_price=long_run_price,
            reversion=reversion,
            volatility=volatility,
            years=years,
        )
        put, call = put_and_call(forward=forward, variance=variance, strike=strike, rate=rate, years=years)
        guarantee = guarantee + put * output
        upside = upside + where(upside_from <= year, upside_share, 0) * call * output
        certain_cost = certain_cost + exp(-rate * years) * maximum(0, strike - forward) * output
        if year == 0:
            first_payment = exp(rate * years) * put * output
    return {
        "guarantee": guarantee,
        "upside": upside,
        "net_cost": guarantee - upside,
        "net_gain": maximum(0, upside - guarantee),
        "costs": where(guarantee - upside >= 0, 1, 0),
        "certain_cost": certain_cost,
        "first_payment": first_payment,
        "quarter_payment": quarter_payment(
            strike=strike, benchmark_price=benchmark_price, eligible_tonnes=eligible_tonnes
        ),
    }


def quarter_payment(*, strike, benchmark_price, eligible_tonnes):
    """Payment for a quarter [US$ million].

    The gap between strike and benchmark on every tonne covered, sold or stored.

    >>> quarter_payment(strike=110, benchmark_price=72, eligible_tonnes=1340)
    50.92
    """
    return maximum(0, strike - benchmark_price) * eligible_tonnes / 1000


CONTRACT = {
    "strike": 110,
    "start_price": 60,
    "long_run_price": 60,
    "reversion": 0.5,
    "volatility": 0.35,
    "rate": 0.045,
    "upside_share": 0.3,
    "upside_from": 0,
    "first_output": 2.6,
    "output_growth": 0.9,
    "full_output": 6,
    "benchmark_price": 72,
    "eligible_tonnes": 1340,
}
REPORTED = (51, 42.273)  # payments of the fourth quarter of 2025 and the first of 2026 [US$ million]


def validation():
    """Return the payments that the company reported.

    US$51 million for the fourth quarter of 2025, US$42 million for the first of 2026.
    """
    year = 4 * sum(REPORTED) / len(REPORTED)
    rows = [
        check(
            "payment expected in the first year",
            price_protection(**CONTRACT)["first_payment"],
            year,
            "US$ million",
            0.75 * year,
            1.25 * year,
            "two reported quarters as a year, within a quarter; more tonnes were paid for than the company "
            "made and sold of oxide",
            "M64",
        )
    ]
    for what, tonnes, low, high in (
        ("only what was sold: a lower bound", 562, 0, 51),
        ("all NdPr in concentrate: an upper bound", 12080 * 0.157, 51, 200),
    ):
        for benchmark in (68, 77):
            paid = quarter_payment(strike=110, benchmark_price=benchmark, eligible_tonnes=tonnes)
            rows.append(
                check(
                    f"payment of Q4 2025, {what}, benchmark {benchmark}",
                    paid,
                    51,
                    "US$ million",
                    low,
                    high,
                    "the two readings must bracket the reported figure; no more is claimed",
                    "M18",
                    BOUND,
                )
            )
    return rows


PRICE_PROTECTION = Model(
    name="price_protection",
    title="What does a guaranteed price cost the state?",
    function=price_protection,
    results={
        "guarantee": ("US$ million", "value of the guarantee over ten years"),
        "upside": ("US$ million", "value of the state’s share above the strike"),
        "net_cost": ("US$ million", "expected cost to the state, discounted; a gain is negative"),
        "net_gain": ("US$ million", "the same as a gain, where the state is expected to earn"),
        "costs": ("1 yes, 0 no", "the state is expected to pay more than it takes"),
        "certain_cost": ("US$ million", "cost if prices came out exactly as expected"),
        "first_payment": ("US$ million/year", "expected payment in the first year"),
        "quarter_payment": ("US$ million/quarter", "payment for the quarter looked at"),
    },
    cautions=(
        "Volatility, return and long-run price are assumptions; five annual averages since 2021 are all "
        "there is to judge them by.",
        "A price that wanders and comes back, at a safe rate of interest: no forward prices and no buyer’s "
        "risk, so it is not what a bank would quote.",
        "Which tonnes the contract covers is not public: the implied 1,340 t of one quarter is arithmetic, "
        "not a finding.",
    ),
    validation=validation,
)
