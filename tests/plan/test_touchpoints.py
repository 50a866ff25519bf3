from crm_strategy.plan.segments import SEGMENTS
from crm_strategy.plan.touchpoints import touchpoint_actions, touchpoint_rows
from crm_strategy.words import speaking

PLAN = """\
client: Acme
data: {orders: {file: orders.csv}}
segments: {vip: revenue > 500}
touchpoints:
  - id: cart
    name: Cart e-mail
    channel: email
    stage: consideration
    evidence: measured
    pain: Second page
    actions:
      new: {target_action: Second order, message: Welcome, offer: Free delivery, kpi: repeat_rate}
      all: {target_action: Finish the order}
  - {id: shop, name: Shop, channel: shop, place: offline, stage: purchase, owner: Shop lead,
     actions: {vip: {target_action: Talk}}}
"""


def test_touchpoints_are_told_in_the_order_of_the_plan(read):
    assert touchpoint_rows(read(PLAN)) == [
        {
            "touchpoint_id": "cart",
            "touchpoint": "Cart e-mail",
            "channel": "email",
            "place": "online",
            "stage": "consideration",
            "evidence": "measured",
            "pain": "Second page",
            "owner": None,
        },
        {
            "touchpoint_id": "shop",
            "touchpoint": "Shop",
            "channel": "shop",
            "place": "offline",
            "stage": "purchase",
            "evidence": "assumed",
            "pain": None,
            "owner": "Shop lead",
        },
    ]


def test_every_cell_of_the_matrix_has_a_row_and_a_gap_has_no_action(read):
    rows = touchpoint_actions(read(PLAN), ["champions", "new"])

    assert [
        (row["segment"], row["touchpoint_id"], row["target_action"], row["kpi"]) for row in rows
    ] == [
        ("champions", "cart", "Finish the order", None),
        ("champions", "shop", None, None),
        ("new", "cart", "Second order", "repeat_rate"),
        ("new", "shop", None, None),
        ("vip", "cart", "Finish the order", None),
        ("vip", "shop", "Talk", None),
    ]


def test_a_cell_tells_what_is_said_and_offered(read):
    cell = touchpoint_actions(read(PLAN), ["new"])[0]

    assert (cell["touchpoint"], cell["message"], cell["offer"]) == (
        "Cart e-mail",
        "Welcome",
        "Free delivery",
    )


def test_texts_are_in_the_language_of_the_report(read):
    params = read(PLAN.replace("Cart e-mail", "{en: Cart e-mail, ru: Письмо о корзине}"))

    with speaking(language="ru"):
        assert touchpoint_rows(params)[0]["touchpoint"] == "Письмо о корзине"
        assert touchpoint_actions(params, ["new"])[0]["touchpoint"] == "Письмо о корзине"


def test_no_touchpoints_make_no_matrix(read):
    params = read("client: Acme\ndata: {orders: {file: orders.csv}}\n")

    assert touchpoint_rows(params) == []
    assert touchpoint_actions(params, SEGMENTS) == []
