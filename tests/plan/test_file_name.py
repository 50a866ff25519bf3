import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.plan.file_name import file_name


@pytest.mark.parametrize(
    ("client", "name"),
    [
        ("Eco Mart", "eco-mart"),
        ("ООО «Ромашка»", "ooo-romashka"),
        ("Щёлковский хлеб", "shchelkovskiy-khleb"),
        ("Müller & Söhne", "mueller-soehne"),
        ("Café Zoë", "cafe-zoe"),
        ("Łódź", "lodz"),
        ("Straße 5", "strasse-5"),
        ("../../x", "x"),
        ("/etc/passwd", "etc-passwd"),
        ("C:\\Windows\\..", "c-windows"),
        (".", ""),
        ("..", ""),
        ("北京", ""),
        ("🙂", ""),
        ("a" * 300, "a" * 60),
    ],
)
def test_names(client, name):
    assert file_name(client) == name


@given(st.text())
def test_a_name_is_never_a_path(client):
    name = file_name(client)

    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not name.startswith("-")
    assert len(name) <= 60


@given(st.text())
def test_a_name_names_itself(client):
    assert file_name(file_name(client)) == file_name(client)
