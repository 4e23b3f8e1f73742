"""Catalogue, code and messages hold one another."""

import re

from mingjing.findings.message import Words
from mingjing.intake import ledgers as intake
from mingjing.rules import Params, catalogue, configured, rules
from mingjing.rules.catalogue import placeholders, sources
from mingjing.tables import tables


def test_every_entry_has_its_function_and_every_function_its_entry():
    assert set(catalogue()) == set(rules())


def test_every_ledger_and_column_a_rule_needs_exists():
    known = {name: set(table.columns) for name, table in tables().items()} | intake.LEDGERS
    for entry in catalogue().values():
        for table, columns in entry.needs.items():
            assert set(columns) <= set(known[table]), (entry.rule_id, table)


def test_every_row_that_a_rule_judges_is_named_by_a_column_of_its_first_ledger():
    judging = [entry for entry in catalogue().values() if entry.only]
    assert judging
    for entry in judging:
        columns = tables()[next(iter(entry.needs))].columns
        for column, values in entry.judges():
            choices = columns[column].choices
            assert values and (not choices or set(values) <= set(choices)), entry.rule_id


def test_every_message_takes_only_what_a_finding_has():
    for entry in catalogue().values():
        known = set(entry.evidence) | set(Params(entry).as_dict()) | {"unit", "subject", "date", "amount"}
        for case, texts in entry.messages.items():
            assert placeholders(texts["zh"]) | placeholders(texts["en"]) <= known, (entry.rule_id, case)


def test_no_basis_is_confirmed_that_says_it_is_from_memory():
    for entry in catalogue().values():
        for basis in entry.basis:
            from_memory = "凭记忆" in basis.zh or "from memory" in basis.en
            assert not (from_memory and basis.status == "confirmed"), entry.rule_id


def test_every_source_of_a_threshold_has_its_english_and_no_english_is_without_use():
    used = {threshold.source for entry in catalogue().values() for threshold in entry.params.values()}
    assert used - set(sources()) == set()
    assert set(sources()) - used <= {"待确认"}, "the source in the template of a new rule"
    assert not [en for en in sources().values() if re.search("[\u3000-\u9fff\uff00-\uffef]", en)]


def test_what_a_bureau_names_as_source_stands_as_written():
    entry = configured({"ST-02": {"w_g": {"value": 200, "source": "本局食堂管理办法第八条"}}})["ST-02"]
    assert (
        entry.params["w_g"].where_from("en")
        == entry.params["w_g"].where_from("zh")
        == "本局食堂管理办法第八条"
    )
    assert catalogue()["ST-02"].params["w_g"].where_from("en").startswith("Operating Code")


def test_blank_values_read_as_blank():
    assert "{a}".format_map(Words({"a": None}, "zh")) == "未填"
    assert "{a}".format_map(Words({"a": ""}, "en")) == "blank"
