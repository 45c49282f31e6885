"""Model 1: a reference price held up as a floor by an adjustable tariff, and what it does one stage down.

One product, one year, many buyers and sellers; the bloc takes the outside price as given, so China can flood
as it likes. Elasticities are constant. The levy's revenue stays in the bloc. The security that the extra
output buys is not counted. Importers compete: what they save by dodging the levy on part of what they bring
in, their buyers save too.
"""

from .expr import maximum, minimum, power, where
from .model import ARITHMETIC, IDENTITY, Model, check

# Share of a magnet's world price: above it too little work is left for a rate of protection to say anything
MOST_INPUT = 0.8
NO_IMPORTS = 1e-9  # kt a year: what is left of a difference of two equal numbers


def price_floor(
    *,
    world_price,
    floor,
    base_price,
    base_demand,
    base_supply,
    demand_elasticity,
    supply_elasticity,
    evasion_share,
    price_response,
):
    """Who pays for a price floor, what it costs, and how much output it buys.

    world_price        price outside the bloc before the levy [US$/kg]
    floor              reference price the levy defends [US$/kg]
    base_price         price at which base_demand and base_supply were seen [US$/kg]
    base_demand        bloc demand at the base price [kt/year]
    base_supply        bloc output at the base price [kt/year]
    demand_elasticity  % fall in demand for a 1% dearer price [-]
    supply_elasticity  % rise in output for a 1% dearer price [-]
    evasion_share      share of what an importer brings in on which no levy is paid [0–1]
    price_response     fall of the outside price for each kt the bloc stops buying [US$/kg per kt]; 0 is a
                       small bloc

    The floor cannot hold above the price at which the bloc would feed itself (autarky_price): there is
    nothing left to tax.
    Where part of the imports dodges the levy, only the rest of the gap between outside price and floor is
    held.

    >>> r = price_floor(world_price=60, floor=110, base_price=60, base_demand=25, base_supply=9.2,
    ...     demand_elasticity=0.3, supply_elasticity=1, evasion_share=0, price_response=0)
    >>> r["levy"], round(r["imports"], 3), round(r["revenue"], 1), round(r["deadweight_loss"], 2)
    (50.0, 3.977, 198.8, 282.03)
    >>> # buyers pay more, for less, and are worse off by more still
    >>> (round(r["spending_change"]), round(r["use_change"], 2))
    (793, -0.17)
    """

    def demand_at(price):
        return base_demand * power(price / base_price, -demand_elasticity)

    def supply_at(price):
        return base_supply * power(price / base_price, supply_elasticity)

    def sellers_gain(price):
        """Return what sellers gain when the price goes from world_price to `price` [US$ million/year].

        Area left of supply.
        """
        reach = 1 + supply_elasticity
        return (
            base_supply
            * power(base_price, -supply_elasticity)
            * (power(price, reach) - power(world_price, reach))
            / reach
        )

    autarky_price = base_price * power(base_demand / base_supply, 1 / (supply_elasticity + demand_elasticity))
    held = world_price + (1 - evasion_share) * maximum(0, floor - world_price)
    bloc_price = maximum(world_price, minimum(held, autarky_price))
    demand, supply = demand_at(bloc_price), supply_at(bloc_price)
    imports = where(demand - supply > NO_IMPORTS, demand - supply, 0)
    imports_before = maximum(0, demand_at(world_price) - supply_at(world_price))
    world_price_after = maximum(0, world_price - price_response * (imports_before - imports))
    gap = bloc_price - world_price_after
    taxed = where(imports > 0, where(gap > 0, 1, 0), 0)
    terms_of_trade_gain = (world_price - world_price_after) * imports

    revenue = gap * imports
    buyers = 1 - demand_elasticity
    consumer_surplus_change = (
        -base_demand
        * power(base_price, demand_elasticity)
        * (power(bloc_price, buyers) - power(world_price, buyers))
        / buyers
    )
    producer_surplus_change = sellers_gain(bloc_price)
    deadweight_loss = terms_of_trade_gain - (consumer_surplus_change + producer_surplus_change + revenue)
    extra_supply = supply - supply_at(world_price)

    before = demand_at(world_price)
    enough = maximum(
        world_price, base_price * power(before / base_supply, 1 / supply_elasticity)
    )  # its price calls forth all that is used
    promised = minimum(floor, enough)
    contract_cost = maximum(0, promised - world_price) * supply_at(promised)
    contract_loss = where(promised > world_price, contract_cost - sellers_gain(promised), 0)
    return {
        "autarky_price": autarky_price,
        "bloc_price": bloc_price,
        "levy": taxed * gap / (1 - evasion_share),
        "taxed": taxed,
        "demand": demand,
        "supply": supply,
        "imports": imports,
        "revenue": revenue,
        "spending_change": demand * bloc_price - before * world_price,
        "use_change": demand / before - 1,
        "consumer_surplus_change": consumer_surplus_change,
        "producer_surplus_change": producer_surplus_change,
        "deadweight_loss": deadweight_loss,
        "extra_supply": extra_supply,
        "secure_cost": where(extra_supply > 1e-9, deadweight_loss / maximum(extra_supply, 1e-9), 0),
        "idle_floor": maximum(0, held - autarky_price),
        "world_price_after": world_price_after,
        "terms_of_trade_gain": terms_of_trade_gain,
        "contract_cost": contract_cost,
        "contract_loss": contract_loss,
    }


def effective_protection(*, protection, input_protection, input_share):
    """Protection of the work done at one stage once its dearer input is counted (Corden) [-].

    protection        price of the product over its world price, minus 1 [-]
    input_protection  the same for the input [-]
    input_share       cost of the input in the product's world price [0–1]

    A stage whose input is protected and whose product is not is taxed, not helped:

    >>> round(effective_protection(protection=0, input_protection=1, input_share=0.4), 2)
    -0.67
    """
    return (protection - input_share * input_protection) / (1 - input_share)


def stage_cascade(
    *,
    oxide_world_price,
    oxide_floor,
    magnet_world_price,
    magnet_floor,
    oxide_per_magnet,
    magnet_per_car,
    car_price,
    jet_rare_earths,
):
    """Return what a floor on the oxide does to magnet makers, carmakers and a fighter jet.

    oxide_world_price   [US$/kg NdPr oxide]
    oxide_floor         floor on the oxide [US$/kg]; below the world price it does nothing
    magnet_world_price  [US$/kg magnet]
    magnet_floor        floor on the magnet [US$/kg]; below the world price it does nothing
    oxide_per_magnet    oxide used for a magnet, losses included [kg/kg]
    magnet_per_car      magnets in an electric car [kg]
    car_price           [US$]
    jet_rare_earths     rare earths in a fighter jet, as claimed [kg]

    >>> r = stage_cascade(oxide_world_price=55, oxide_floor=110, magnet_world_price=52, magnet_floor=52,
    ...                   oxide_per_magnet=0.4, magnet_per_car=1.5, car_price=48000, jet_rare_earths=417)
    >>> r["magnet_cost_rise"], round(r["magnet_protection"], 2), r["magnet_floor_needed"], r["jet_cost_rise"]
    (22.0, -0.73, 74.0, 22935)
    """
    oxide_price = maximum(oxide_floor, oxide_world_price)
    magnet_price = maximum(magnet_floor, magnet_world_price)
    input_share = oxide_per_magnet * oxide_world_price / magnet_world_price
    work = where(input_share < MOST_INPUT, 1, 0)
    magnet_cost_rise = oxide_per_magnet * (oxide_price - oxide_world_price)
    car_cost_rise = magnet_per_car * (magnet_price - magnet_world_price)
    return {
        "oxide_protection": oxide_price / oxide_world_price - 1,
        "magnet_cost_rise": magnet_cost_rise,
        "magnet_cost_rise_share": magnet_cost_rise / magnet_world_price,
        "oxide_share": input_share,
        "work": work,
        "magnet_protection": work
        * effective_protection(
            protection=magnet_price / magnet_world_price - 1,
            input_protection=oxide_price / oxide_world_price - 1,
            input_share=minimum(input_share, MOST_INPUT),
        ),
        "magnet_floor_needed": magnet_world_price + magnet_cost_rise,
        "car_cost_rise": car_cost_rise,
        "car_cost_rise_share": car_cost_rise / car_price,
        "jet_cost_rise": jet_rare_earths * (oxide_price - oxide_world_price),
    }


NDPR = {
    "world_price": 60,
    "floor": 110,
    "base_price": 60,
    "base_demand": 25,
    "base_supply": 9.2,
    "demand_elasticity": 0.3,
    "supply_elasticity": 1,
    "evasion_share": 0,
    "price_response": 0,
}


def validation():
    """Return the levy at a known quote, with Chinese VAT and without; who pays a tariff."""

    def levy_at(world_price):
        return price_floor(**{**NDPR, "world_price": world_price})["levy"]

    passed_on = (
        price_floor(**{**NDPR, "floor": 101})["bloc_price"]
        - price_floor(**{**NDPR, "floor": 100})["bloc_price"]
    )
    return [
        check(
            "levy on 18 Feb 2026, quote as printed (US$123/kg)",
            levy_at(123),
            0,
            "US$/kg",
            0,
            0,
            "the quote is above 110: no support needed, as reported; but it includes 13% Chinese VAT",
            "M17",
            ARITHMETIC,
        ),
        check(
            "levy on 18 Feb 2026, quote without VAT (US$109/kg)",
            levy_at(123 / 1.13),
            0,
            "US$/kg",
            0,
            1.5,
            "on the basis used everywhere here a levy of about US$1 was still due",
            "M17",
            ARITHMETIC,
        ),
        check(
            "share of a levy that buyers pay",
            passed_on,
            1.0,
            "share",
            0.95,
            1.05,
            "the tariffs of 2018 were passed on in full; here that is assumed, the bloc being a small buyer",
            "M38",
            IDENTITY,
        ),
    ]


def cascade_validation():
    """Return the fall of magnet prices when the oxide got cheaper."""
    return [
        check(
            "fall of the magnet price, 2023 to 2024, from oxide alone",
            0.40 * (75 - 55),
            66.149 - 52.118,
            "US$/kg",
            7,
            28.1,
            "within a factor of 2; terbium, dysprosium and delays are left out",
            "M23",
        )
    ]


PRICE_FLOOR = Model(
    name="price_floor",
    title="Who pays for a price floor, and how much output does it buy?",
    function=price_floor,
    results={
        "autarky_price": (
            "US$/kg",
            "price at which the bloc would feed itself; no levy holds a price above it",
        ),
        "bloc_price": ("US$/kg", "price inside the bloc"),
        "levy": ("US$/kg", "levy on each kilogram that pays it"),
        "taxed": ("1 yes, 0 no", "there are imports to tax, and a levy on them"),
        "demand": ("kt/year", "oxide that the bloc uses, most of it in magnets it buys finished"),
        "supply": ("kt/year", "oxide that the bloc produces"),
        "imports": ("kt/year", "oxide that it imports, nearly all of it inside finished magnets"),
        "revenue": ("US$ million/year", "what the levy brings in, charged on the oxide in magnets"),
        "spending_change": ("US$ million/year", "what buyers spend more, for what they then use"),
        "use_change": ("share", "change of what they use"),
        "consumer_surplus_change": (
            "US$ million/year",
            "how much better off buyers are, use forgone counted; a loss is negative",
        ),
        "producer_surplus_change": ("US$ million/year", "gain of the producers"),
        "deadweight_loss": ("US$ million/year", "what nobody gets: the price of security"),
        "extra_supply": ("kt/year", "output the floor adds"),
        "secure_cost": ("US$/kg", "loss for each extra kilogram of bloc output"),
        "idle_floor": ("US$/kg", "the part of what is held above the autarky price, which does nothing"),
        "world_price_after": ("US$/kg", "outside price once the bloc buys less"),
        "terms_of_trade_gain": (
            "US$ million/year",
            "saved because the outside price fell; not in the deadweight loss",
        ),
        "contract_cost": (
            "US$ million/year",
            "cost to the budget if producers got the floor by contract, for no more than the bloc uses at "
            "the world price",
        ),
        "contract_loss": ("US$ million/year", "what nobody gets under such a contract"),
    },
    never={"levy": "none"},
    cautions=(
        "No reference price of the bloc has been published; 110 is one company’s contract.",
        "“The bloc” is everybody outside China. Of the oxide used there most comes inside finished "
        "magnets, on which a levy on oxide is not charged: "
        "the plants outside China make more oxide than the magnet makers there use. The sums are those of "
        "a levy on the oxide in magnets.",
        "The outside price stays where the slider puts it: a bloc of a quarter of the market would move "
        "it, and China could answer.",
        "The elasticities are assumptions with ranges, not estimates, and of one step of some years. In the "
        "model of chapter 7 thrift grows month by month and output waits for plants.",
        "The value of security is outside every welfare number.",
        "Rare earths come out together: a floor on NdPr also makes cerium and lanthanum that nobody buys.",
    ),
    validation=validation,
)

STAGE_CASCADE = Model(
    name="stage_cascade",
    title="What does a floor at one stage do to the next?",
    function=stage_cascade,
    results={
        "oxide_protection": ("ratio", "price of the oxide over its world price, minus 1"),
        "magnet_cost_rise": ("US$/kg", "dearer oxide in a kilogram of magnet"),
        "magnet_cost_rise_share": ("share", "the same as a share of the magnet’s world price"),
        "oxide_share": ("share", "oxide in a magnet as a share of the magnet’s world price"),
        "work": ("1 yes, 0 no", "more than a fifth of that price is left for the magnet maker’s work"),
        "magnet_protection": (
            "ratio",
            "protection of that work, dearer oxide counted; negative is a tax; 0 where no work is left",
        ),
        "magnet_floor_needed": ("US$/kg", "floor on magnets that leaves their makers no worse off"),
        "car_cost_rise": ("US$", "dearer magnets in an electric car"),
        "car_cost_rise_share": ("share", "the same as a share of the car’s price"),
        "jet_cost_rise": ("US$", "dearer oxide in a fighter jet, if the claimed weight were all oxide"),
    },
    cautions=(
        "The price of magnets does not move with that of oxide: the two sliders must be set to prices of "
        "the same time.",
        "920 lb (417 kg) of rare earths in a fighter jet is widely repeated, disputed, and probably counts "
        "whole components.",
    ),
    validation=cascade_validation,
)
