from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.report.excel_names import sheet_name, table_name


def named(title):
    return sheet_name(title, set())


def test_a_short_title_is_the_name_of_its_sheet():
    assert named("Segments") == "Segments"


def test_a_long_title_is_cut_at_a_clause_then_at_a_word():
    assert named("Segments on 30 Sep 2026; revenue of the last 12 months") == (
        "Segments on 30 Sep 2026"
    )
    assert named("Where customers of each segment went this quarter") == (
        "Where customers of each segment"
    )
    assert named("Customers by stage of the lifecycle") == "Customers by stage"
    assert named("Доля клиентов по каналам и по месяцам") == "Доля клиентов по каналам"
    assert named("x" * 40) == "x" * 31


def test_what_excel_forbids_is_left_out():
    assert named("Revenue / orders: [a]*?\\ 'b'") == "Revenue orders a 'b"
    assert named("''") == "1"
    assert named("History") == "History 1"


def test_names_are_told_apart_by_a_number_whatever_their_case():
    used = set()
    names = [sheet_name(title, used) for title in ("Goals", "goals", "x" * 40, "X" * 40)]
    assert names == ["Goals", "goals 2", "x" * 31, "X" * 29 + " 2"]


@given(st.lists(st.text()))
def test_names_of_sheets_are_always_legal_and_unlike_each_other(titles):
    used = set()
    names = [sheet_name(title, used) for title in titles]
    assert len({name.casefold() for name in names}) == len(titles)
    for name in names:
        assert 1 <= len(name) <= 31
        assert not set("[]:*?/\\") & set(name)
        assert not name.startswith("'")
        assert not name.endswith("'")


def test_tables_are_named_after_their_english_ids():
    used = set()
    names = [table_name(one, used) for one in ("data_findings", "data_findings", "", "выручка")]
    assert names == ["tblDataFindings", "tblDataFindings2", "tblTable", "tblTable2"]
