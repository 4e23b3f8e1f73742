"""The query shown as evidence is the same text in every process."""

from itertools import combinations

COLUMNS = ["log_type", "meal", "dish", "weight_g", "temp_c"]


def test_columns_that_a_query_drops_stand_in_the_order_of_their_names(ledgers):
    held = ledgers(food_log=[dict.fromkeys(["log_id", "unit_id", *COLUMNS])])
    for pair in combinations(COLUMNS, 2):
        text, rows = held.fetch(held.food_log.mutate(more=1).drop(*pair))
        listed = text[text.index("EXCLUDE") : text.index(")", text.index("EXCLUDE"))]
        assert [name for name in listed.split('"') if name in pair] == sorted(pair)
        assert not set(pair) & set(rows.column_names)
