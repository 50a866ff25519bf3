import base64
import json
import sys
from functools import cache
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from crm_strategy import words
from crm_strategy.views import charts
from crm_strategy.views.bars import Panel, ranked_bars
from crm_strategy.views.dots import Dots, dot_rows
from crm_strategy.views.drawing import NARROW, WIDE, Sheet
from crm_strategy.views.payload import CHART_MIME, ChartPayload
from crm_strategy.views.theme import LIGHT
from tests.views.samples import HOSTILE, history, sample
from tests.views.segment_samples import BESIDE

CHARTS = {
    "monthly_orders": "monthly_orders",
    "goal_bullets": "goals",
    "segment_bars": "segments",
    "segment_migration": "segment_migration",
    "lifecycle": "lifecycle",
    "cohort_heatmap": "cohort_retention",
    "funnel": "funnel",
    "touchpoint_matrix": "touchpoint_actions",
    "channel_cost": "channel_costs",
    "attribution_range": "attribution",
    "channel_frontier": "channel_sets",
    "cascade": "cascade_comparison",
    "lead_funnel": "lead_funnel",
    "kpi_trends": "kpi_history",
    "category_bars": "categories",
    "forecast_fan": "forecast_fan",
    "experiment_forest": "experiments",
    "seasonality": "seasonality",
    "value_curve": "value_curve",
    "value_holdout": "value_holdout",
    "attribute_index": "attributes",
    "ideal_customer": "ideal_customer",
    "satisfaction_value": "satisfaction_value",
    "responses": "responses",
    "stopped_at": "stopped_at",
    "hot_leads": "hot_leads",
    "rf_grid": "rf_grid",
    "effort": "effort",
}


def chart(name: str, frame: pd.DataFrame | None = None) -> charts.Chart:
    made = getattr(charts, f"{name}_chart")
    beside = [BESIDE[name]] if name in BESIDE else []
    found: charts.Chart = made(sample(CHARTS[name]) if frame is None else frame, *beside)
    return found


@cache
def told(name: str, language: str) -> ChartPayload:
    """The payload of the sample in a language: drawing it is what takes long."""
    with words.speaking(language=language):
        return chart(name).payload()


def picture(base64_text: str) -> Image.Image:
    image = Image.open(BytesIO(base64.b64decode(base64_text)))
    image.load()
    return image


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_two_pictures_of_fixed_width_and_few_colours(name, language):
    payload = told(name, language)
    assert json.loads(json.dumps(payload)) == payload
    for form, width in (("wide", 1199), ("narrow", 532)):
        image = picture(payload[form])
        assert (image.mode, image.width) == ("P", width)
        assert len(image.getcolors()) <= 128
        # look.md: 144 pixels an inch, shown at 96.
        assert payload[f"{form}_size"] == [round(side / 1.5) for side in image.size]
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
        near_white = (pixels >= 250).all(axis=1) & (pixels < 255).any(axis=1)
        assert not near_white.any()
        # Nothing touches the upper or lower edge, so nothing is cut there.
        rows = np.asarray(image.convert("L"))
        assert rows[-1].min() == 255


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_an_alt_text_with_figures_in_its_language(name, language):
    payload = told(name, language)
    entry = "of" if name == "cascade" else "title"
    with words.speaking(language=language):
        assert payload["title"] == words.say(f"views.chart.{name}.{entry}", scenario="comeback")
        assert any(character.isdigit() for character in payload["alt"])
        assert "{" not in payload["alt"]
        cyrillic = sum("а" <= character.lower() <= "я" for character in payload["alt"])
        assert (cyrillic > 20) == (language == "ru")


def test_alt_text_says_type_figures_and_message():
    assert told("funnel", "en")["alt"] == (
        "Bar chart of customers by stage: Touched 5,210, Responded 2,140 (41%), Ordered 470 (22%), "
        "Ordered again 210 (45%). Narrowest step: to Ordered, 470 (22%)."
    )
    assert told("lifecycle", "ru")["alt"] == (
        "Столбчатая диаграмма клиентов по стадиям: Новые 480, Удержанные 1\u00a0770, "
        "Вернувшиеся 120, Ушедшие 440."
    )


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_without_data_has_no_picture_and_says_what_to_supply(name):
    payload = chart(name, sample(CHARTS[name]).head(0)).payload()
    assert (payload["wide"], payload["narrow"], payload["alt"]) == (None, None, "")
    assert payload["void"]
    assert "image/png" not in chart(name, sample(CHARTS[name]).head(0))._repr_mimebundle_()[0]


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("goal_bullets", "goal"),
        ("touchpoint_matrix", "touchpoint"),
        ("channel_cost", "channel"),
        ("attribution_range", "channel"),
        ("category_bars", "category"),
        ("segment_bars", "segment"),
        ("attribute_index", "value"),
        ("ideal_customer", "attribute"),
        ("responses", "channel"),
        ("effort", "segment"),
    ],
)
def test_long_strange_and_right_to_left_names_are_drawn(name, column):
    frame = sample(CHARTS[name])
    frame[column] = [f"{at} {HOSTILE}" for at in range(len(frame))]
    payload = chart(name, frame).payload()
    assert picture(payload["wide"]).width == 1199
    assert picture(payload["narrow"]).height < 2000


@pytest.mark.parametrize("name", CHARTS)
def test_one_row_is_enough(name):
    frame = sample(CHARTS[name])
    frame = frame[frame["kpi"] == "csat"] if name == "kpi_trends" else frame.head(3)
    assert chart(name, frame).payload()["wide"]


def test_a_chart_is_drawn_once_for_a_voice_and_anew_for_another(monkeypatch):
    drawn = []
    monkeypatch.setattr(Sheet, "picture", _counting(Sheet.picture, drawn))
    funnel = chart("funnel")
    assert drawn == []
    assert funnel.payload() is funnel.payload()
    funnel._repr_mimebundle_()
    assert drawn == ["wide", "narrow"]
    with words.speaking(language="ru"):
        funnel.payload()
    assert len(drawn) == 4


def _counting(draw, drawn):
    def counted(sheet):
        drawn.append(sheet.form.name)
        return draw(sheet)

    return counted


def test_a_chart_shows_itself_as_a_picture_with_alt_text():
    data, metadata = chart("funnel")._repr_mimebundle_(include=None, exclude=None)
    assert set(data) == {CHART_MIME, "text/html", "text/plain", "image/png"}
    assert data["image/png"] == data[CHART_MIME]["wide"]
    assert metadata == {"image/png": {"alt": data[CHART_MIME]["alt"]}}


def test_drawing_leaves_no_trace_in_pyplot():
    for name in CHARTS:
        assert told(name, "en")
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []


def test_two_drawings_of_one_chart_are_equal_byte_by_byte():
    assert chart("segment_migration").payload() == chart("segment_migration").payload()


def test_status_colours_survive_the_quantising():
    # Median cut turned amber into red (look.md); octree may not.
    sheet = Sheet(WIDE, 2.0)
    for at, token in enumerate(("good", "risk", "bad", "none", "focus")):
        sheet.box(0.2 + at, 0.2, 0.8, 0.8, fill=LIGHT[token])
    pixels = np.asarray(picture(sheet.picture().png).convert("RGB"))
    for at, token in enumerate(("good", "risk", "bad", "none", "focus")):
        wanted = [int(LIGHT[token][place : place + 2], 16) for place in (1, 3, 5)]
        assert np.abs(pixels[80, int((0.6 + at) * 144)].astype(int) - wanted).max() <= 8


def test_a_dollar_sign_is_not_read_as_mathematics():
    sheet = Sheet(NARROW, 1.0)
    sheet.text(0.2, 0.5, r"$\frac{a}{b}$ and $x_1$")
    assert picture(sheet.picture().png).width == 532


def test_lifecycle_over_several_periods_is_stacked():
    stages = sample("lifecycle")
    quarters = ("2026 Q1", "2026 Q2", "2026 Q3")
    frame = pd.concat([stages.assign(period=quarter) for quarter in quarters])
    payload = chart("lifecycle", frame).payload()
    assert (payload["id"], payload["kind"]) == ("lifecycle_periods", "stacked")
    assert payload["alt"] == (
        "Stacked columns by period, 2026 Q1 to 2026 Q3. "
        "Last period: Retained 1,770, Returned 120, New 480, Lapsed 440."
    )


def test_signals_are_named_and_coloured_by_what_is_better():
    payload = chart("kpi_trends", history(["customer_retention_rate", "churn_rate"])).payload()
    assert payload["keys"]["verdict"] == ["signal_low"] * 26
    assert "Beyond the natural limits: Customer retention rate, Churn rate." in payload["alt"]
    pixels = np.asarray(picture(payload["wide"]).convert("RGB")).astype(int)
    for token, left, right in (("bad", 0, 600), ("good", 600, 1199)):
        wanted = [int(LIGHT[token][place : place + 2], 16) for place in (1, 3, 5)]
        assert (np.abs(pixels[:, left:right] - wanted).max(axis=2) <= 8).any()


def test_one_kpi_is_drawn_with_its_target():
    line = charts.kpi_line_chart(history(), kpi="csat", target=0.8).payload()
    assert line["title"] == "Customer satisfaction (CSAT) by period with natural limits"
    assert line["keys"]["kpi"] == ["csat"] * 13
    assert picture(line["wide"]).width == 1199


def test_a_grid_of_small_groups_keeps_its_scores() -> None:
    grid = pd.DataFrame(
        {
            "recency_score": [1, 5, 3, 4],
            "frequency_score": [1, 5, 3, 4],
            "segment": ["lost", "champions", "loyal", "new"],
            "customer_count": [3, 7, 40, 50],
            "revenue": [10.0, 20.0, 400.0, 500.0],
        }
    )
    assert charts.rf_grid_chart(grid)._repr_mimebundle_()[0]["image/png"]


def test_names_of_bars_wrap_before_they_are_cut_however_many_bars_there_are() -> None:
    names = ["Потенциально лояльные", "Под угрозой ухода", *(str(at) for at in range(8))]
    drawn = ranked_bars(names, [Panel([1.0] * 10, ["1"] * 10)], highlight={0})(NARROW)
    written = {text.get_text() for text in drawn.figure.texts}
    assert "Потенциально\nлояльные" in written
    assert not any("…" in text for text in written)


def test_names_of_dots_wrap_before_they_lose_what_tells_them_apart():
    told = ["Person or company: company", "Person or company: person"]
    short = [str(at) for at in range(10)]
    row = [Dots("", [1.0] * 12)]
    wrapped = dot_rows([*told, *short], row, str)(NARROW)
    plain = dot_rows(["Company", "Person", *short], row, str)(NARROW)
    written = {text.get_text() for text in wrapped.figure.texts}
    assert {"Person or company:\ncompany", "Person or company:\nperson"} <= written
    assert wrapped.height > plain.height
