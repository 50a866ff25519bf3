"""Every refusal of a file that is no parameters file, by its whole message."""

from pathlib import Path

import pytest

from crm_strategy.errors import ParamsError
from crm_strategy.plan.params import read_params
from tests.plan.acme import ACME

BEGIN = "Begin with the client's name, client: Acme; 'crm-strategy init' writes a whole file."

LOOK = (
    "Look at this line and the one above for a missing quote, bracket, comma or space; "
    "indent by spaces, not tabs."
)


def test_missing_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ParamsError) as refused:
        read_params("params/acme.yml")

    assert str(refused.value) == (
        "params/acme.yml: no such file.\nMake one with 'crm-strategy init CLIENT FILE'."
    )


def test_missing_file_beside_others(read, monkeypatch):
    read(ACME)

    with pytest.raises(ParamsError) as refused:
        read_params("acme")

    assert str(refused.value) == ("acme: no such file.\nParameters files here: params/acme.yml.")


def test_folder_in_place_of_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("params").mkdir()

    with pytest.raises(ParamsError) as refused:
        read_params("params")

    assert str(refused.value) == (
        "params: can't be read: Is a directory.\nName a YAML file you may read."
    )


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_empty_file(refusal, text):
    assert refusal(text) == f"params/acme.yml: the file is empty.\n{BEGIN}"


@pytest.mark.parametrize("text", ["- client: Acme\n", "Acme\n"])
def test_file_without_keys(refusal, text):
    assert refusal(text) == f"params/acme.yml, line 1: expected 'key: value' lines.\n{BEGIN}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "client: [Acme\ndata: {}\n",
            "line 2: not YAML: while parsing a flow sequence from line 1, expected ',' or ']', "
            "but got ':'.",
        ),
        (
            "client: 'Acme\ncurrency: EUR\n",
            "line 3: not YAML: while scanning a quoted scalar from line 1, found unexpected end "
            "of stream.",
        ),
        (
            "data:\n\torders: {}\n",
            "line 2: not YAML: found character '\\t' that cannot start any token.",
        ),
        ("client: Acme: shop\n", "line 1: not YAML: mapping values are not allowed here."),
        ("client: *name\n", "line 1: not YAML: found undefined alias 'name'."),
    ],
)
def test_broken_yaml(refusal, text, message):
    assert refusal(text) == f"params/acme.yml, {message}\n{LOOK}"


def test_key_written_twice(refusal):
    assert refusal(ACME + "currency: EUR\nclient: Other\n") == (
        "params/acme.yml, line 5, client: written twice, first in line 1.\nKeep one of them."
    )


@pytest.mark.parametrize("value", ["ls", "[ls]", "{ls: 1}"])
def test_yaml_that_would_run_code(refusal, value):
    assert refusal(f"client: !!python/object/apply:os.system {value}\n") == (
        "params/acme.yml, line 1, client: the tag tag:yaml.org,2002:python/object/apply:os.system "
        "is not allowed.\n"
        "Remove what begins with '!'."
    )


def test_control_character(refusal):
    assert refusal("currency: EUR\nclient: Ac\x01me\n") == (
        "params/acme.yml, line 2: holds a character that text can't.\nDelete it."
    )


def test_aliases_that_would_fill_the_memory(refusal):
    levels = "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]\n" for n in range(1, 9))

    assert refusal("x0: &x0 [lol, lol]\n" + levels) == (
        "params/acme.yml, line 6, x5: more values or levels than a plan has.\n"
        "Write out its aliases."
    )


def test_alias_that_holds_itself(refusal):
    assert refusal("client: &all [*all]\n") == (
        "params/acme.yml, line 1, client: more values or levels than a plan has.\n"
        "Write out its aliases."
    )


def test_brackets_without_end(refusal):
    assert refusal("client: " + "[" * 5000) == (
        f"params/acme.yml: more levels than a plan has.\n{LOOK}"
    )


def test_file_that_is_not_text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("acme.yml").write_bytes("client: Ромашка\n".encode("cp1251"))

    with pytest.raises(ParamsError) as refused:
        read_params("acme.yml")

    assert str(refused.value) == "acme.yml: not UTF-8 text (byte 9).\nSave it as UTF-8."


def test_data_file_in_place_of_parameters(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("orders.csv").write_bytes(b"1" * 1_000_001)

    with pytest.raises(ParamsError) as refused:
        read_params("orders.csv")

    assert str(refused.value) == (
        "orders.csv: 1,000,001 bytes are too many for a parameters file.\n"
        "Name the YAML file in params/, not a data file."
    )
