import orjson
import pytest

from service.data.cell_words import MAX_EXACT, number_word
from service.data.kinds.registry import KINDS
from service.data.tables.json_table import read_json
from service.data.tables.options import IngestOptions


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (2024, "2024"),
        (2024.0, "2024"),
        (-0.0, "0"),
        (1.5, "1.5"),
        (2**60 + 1, "1152921504606846977"),
        (float(MAX_EXACT - 1), "9007199254740991"),
        (1e19, "1e+19"),
    ],
)
def test_a_number_is_the_same_word_when_learned_and_when_asked_for(tmp_path, number, word):
    assert number_word(number) == word
    assert KINDS["category"].from_json(number) == word
    path = tmp_path / "table.json"
    path.write_bytes(orjson.dumps([{"code": number}]))
    table = read_json(path, IngestOptions(types={"code": "category"})).table
    assert table["code"].to_pylist() == [word]
