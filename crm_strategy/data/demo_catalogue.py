"""The demo shop's articles: what they cost, how well they sell, when they are in season."""

from functools import cache

import numpy as np
import pandas as pd

from crm_strategy.data.demo_truth import TRUTH

_EVEN = (1.0,) * 12
# Category: share of sales, cost as a share of the list price, season by month, articles.
_CATEGORIES: dict[str, tuple[float, float, tuple[float, ...], str]] = {
    "Coffee & tea": (
        0.19,
        0.60,
        (1.1, 1.1, 1, 0.9, 0.9, 0.85, 0.85, 0.85, 1, 1.1, 1.2, 1.2),
        "Sierra Coffee Beans 1 kg 18.9|Andes Espresso 500 g 10.9|Filter Coffee Monte 500 g 9.9|"
        "Earl Green Tea 100 g 7.5|Alpine Herb Tea 80 g 5.9|Rooibos Loose 200 g 8.4|"
        "Decaf Highland 250 g 7.9|Ginger Lemon Infusion 6.4|Matcha Uji 40 g 19.5|Oat Drink 6 x 1 l"
        " 11.9|Cocoa Raw 250 g 6.9",
    ),
    "Pantry": (
        0.18,
        0.64,
        _EVEN,
        "Olive Oil Kalamata 1 l 15.9|Red Lentils 1 kg 4.9|Buckwheat Pasta 500 g 3.9|"
        "Almond Butter 250 g 8.9|Forest Honey 500 g 9.9|Date Bars 12 pcs 14.4|"
        "Chickpeas 6 x 400 g 8.9|Quinoa Tricolore 1 kg 9.4|Granola Hazelnut 750 g 7.9|"
        "Sea Salt Flakes 3.9|Dark Chocolate 85 % 5 pcs 13.5|Apple Crisps 8 bags 15.2",
    ),
    "Personal care": (
        0.16,
        0.55,
        _EVEN,
        "Solid Shampoo Nettle 9.9|Aleppo Soap 4 pcs 14.9|Face Cream Calendula 21.9|"
        "Deodorant Cream 8.9|Tooth Tabs 125 pcs 6.9|Bamboo Toothbrush 4 pcs 9.5|"
        "Safety Razor Steel 32.0|Body Oil Sea Buckthorn 17.9|Hand Balm Beeswax 7.9|"
        "Menstrual Cup 24.9|Cotton Pads 16 pcs 11.9",
    ),
    "Household": (
        0.15,
        0.58,
        _EVEN,
        "Reusable Coffee Filter 3 pcs 12.9|Laundry Sheets 60 pcs 14.9|Dish Soap Refill 5 l 19.9|"
        "Citric Descaler 1 kg 6.9|Toilet Paper Bamboo 24 rolls 18.9|Cleaning Tabs 12 pcs 13.9|"
        "Sponge Loofah 6 pcs 7.9|Compost Bags 50 pcs 8.5|Washing Soda 2 kg 7.4|"
        "Beeswax Wraps 3 pcs 16.9|Oven Cleaner Clay 9.9",
    ),
    "Kitchen & living": (
        0.11,
        0.56,
        _EVEN,
        "Steel Bottle 750 ml 24.9|Lunch Box Steel 27.9|Glass Straws 6 pcs 9.9|Oak Cutting Board"
        " 29.9|Linen Towels 3 pcs 22.9|Produce Bags 5 pcs 12.5|Bamboo Phone Case 17.9|"
        "Wool Blanket 69.0|Soy Candle Cedar 15.9|Storage Jars 4 pcs 26.9|Cork Yoga Block 18.5",
    ),
    "Baby & kids": (
        0.08,
        0.60,
        _EVEN,
        "Cloth Nappy Set 59.0|Nappy Liners 100 pcs 8.9|Wooden Blocks 50 pcs 34.9|"
        "Organic Body Suit 16.9|Baby Wash Oat 8.9|Muslin Cloths 5 pcs 19.9|Felt Crayons 12 pcs"
        " 10.9|Silicone Bib 11.5|Bath Thermometer Wood 12.9",
    ),
    "Garden": (
        0.07,
        0.57,
        (0.3, 0.6, 1.6, 2.2, 2.1, 1.4, 0.9, 0.7, 0.7, 0.6, 0.3, 0.2),
        "Seed Box Vegetables 24.9|Peat-free Soil 40 l 12.9|Plant Feed 2 l 9.9|Wildflower Mix 250 g"
        " 8.9|Tomato Seeds Heirloom 4.5|Bird Feeder Larch 29.9|Watering Can Zinc 32.9|"
        "Coir Pots 50 pcs 11.9|Insect Hotel 27.5",
    ),
    "Gifts": (
        0.06,
        0.54,
        (0.4, 0.6, 0.6, 0.7, 0.9, 0.5, 0.4, 0.5, 0.6, 1.0, 2.7, 3.1),
        "Advent Tea Calendar 29.9|Gift Box Breakfast 44.9|Gift Box Bath 39.9|Gift Card Seeds 9.9|"
        "Chocolate Truffles 200 g 14.9|Soap Trio Festive 18.9|Recycled Wrapping Paper 8.9|"
        "Olive Wood Bowl 36.0",
    ),
}


@cache
def articles() -> pd.DataFrame:
    """The articles on sale.

    Returns
    -------
    DataFrame
        `product_id`, `product`, `category`, `price` (list price, EUR), `cost` (EUR a piece),
        `popularity` (share of lines drawn in an even month).
    """
    rows = []
    for number, (category, (share, cost, _, listed)) in enumerate(_CATEGORIES.items(), start=1):
        names = listed.split("|")
        ranks = 1 / (np.arange(len(names)) + 2.5)
        for position, (text, rank) in enumerate(zip(names, ranks / ranks.sum(), strict=True)):
            name, _, price = text.rpartition(" ")
            rows.append(
                {
                    "product_id": f"P-{100 * number + position + 1}",
                    "product": name,
                    "category": category,
                    "price": float(price),
                    "cost": round(float(price) * (cost + 0.01 * (position % 5 - 2)), 2),
                    "popularity": share * rank,
                }
            )
    return pd.DataFrame(rows)


def demand(months: pd.DatetimeIndex) -> np.ndarray:
    """Chance of each article, by month.

    Parameters
    ----------
    months
        First days of months.

    Returns
    -------
    ndarray
        One row a month, one column an article in the order of `articles()`; rows sum to 1.
    """
    table = articles()
    season = np.array([_CATEGORIES[category][2] for category in table["category"]])
    season[table["product_id"] == TRUTH.seasonal_product] = TRUTH.seasonal_index
    weights = table["popularity"].to_numpy() * season.T[months.month - 1]
    dead = (months >= pd.Timestamp(TRUTH.dead_from))[:, None]
    dead = dead & (table["product_id"] == TRUTH.dead_product).to_numpy()
    weights = np.where(dead, weights * TRUTH.dead_factor, weights)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
