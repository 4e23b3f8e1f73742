"""Catalogue, code and messages hold one another."""

from mingjing.findings.model import _Words
from mingjing.intake import ledgers as intake
from mingjing.rules import Params, catalogue, rules
from mingjing.rules.catalogue import placeholders
from mingjing.tables import tables


def test_every_entry_has_its_function_and_every_function_its_entry():
    assert set(catalogue()) == set(rules())


def test_every_ledger_and_column_a_rule_needs_exists():
    known = {name: set(table.columns) for name, table in tables().items()} | intake.LEDGERS
    for entry in catalogue().values():
        for table, columns in entry.needs.items():
            assert set(columns) <= set(known[table]), (entry.rule_id, table)


def test_every_message_takes_only_what_a_finding_has():
    for entry in catalogue().values():
        known = set(entry.evidence) | set(Params(entry).as_dict()) | {"unit", "subject", "date", "amount"}
        for case, texts in entry.messages.items():
            assert placeholders(texts["zh"]) | placeholders(texts["en"]) <= known, (entry.rule_id, case)


def test_blank_values_read_as_blank():
    assert "{a}".format_map(_Words({"a": None}, "空", ("是", "否"))) == "空"
