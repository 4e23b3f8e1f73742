"""A sample goes out as a sheet and comes back as a sentence."""

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from mingjing.analyse.sampling import draw, evaluate, plan_sample
from mingjing.analyse.sampling_sheet import SHEET, read_sheet, write_sheet
from mingjing.errors import InputError, UsageError
from mingjing.stats import stringer_bound, upper_bound


@pytest.fixture
def book():
    return np.append((10 ** np.random.default_rng(5).uniform(1, 4, 800)).round(2), [900_000.0, 0.0, -50.0])


def places(drawn):
    count = len(drawn)
    return pd.DataFrame(
        {"key": ["=1+1"] * count, "_file": "a.xlsx", "_sheet": "账", "_row": range(2, count + 2)}
    )


def fill(path, answers):
    workbook = load_workbook(path)
    for row, answer in enumerate(answers, start=2):
        workbook[SHEET].cell(row, 8, answer)
    workbook.save(path)


def test_large_items_are_drawn_for_certain_and_others_with_the_interval(book):
    plan = plan_sample(book)
    drawn = draw(plan, book, seed=1)
    assert plan.n == 60 and plan.left_out == 2
    assert drawn[drawn.certain].book.tolist() == [900_000.0] and drawn[drawn.certain].times.tolist() == [0]
    rest = book[(book > 0) & (book < plan.interval)].sum()
    assert abs(drawn[~drawn.certain].times.sum() - rest / plan.interval) < 1
    assert drawn.equals(draw(plan, book, seed=1))


@pytest.mark.parametrize("selection", ["fixed", "cell", "random"])
def test_chances_are_proportional_to_amounts_below_the_interval(selection):
    book = np.array([100.0, 300, 600] * 20)
    plan = plan_sample(book, materiality=0.5)
    times = np.zeros(book.size)
    for seed in range(2000):
        drawn = draw(plan, book, seed, selection)
        times[drawn.item] += drawn.times
    assert times / 2000 == pytest.approx(book / plan.interval, abs=0.06)


def test_a_clean_sample_is_accepted_and_a_tainted_one_is_not(book):
    plan = plan_sample(book)
    drawn = draw(plan, book, seed=1)
    clean = evaluate(plan, drawn, drawn.book)
    assert (clean.errors, clean.likely, clean.accepted) == (0, 0.0, True)
    assert "可以接受" in clean.sentence() and clean.sentence("en").endswith("acceptable.")
    bad = evaluate(plan, drawn, drawn.book * 0.8)
    assert bad.likely == pytest.approx(0.2 * plan.value, rel=0.02) and not bad.accepted
    assert "不能据此接受" in bad.sentence()


def test_a_ledger_of_few_items_may_have_more_draws_than_items():
    book = np.array([100.0, 300, 600] * 8)
    plan = plan_sample(book)
    drawn = draw(plan, book, seed=1)
    assert plan.n == 60 > plan.population == 24 and len(drawn) <= 24
    assert evaluate(plan, drawn, drawn.book).accepted
    with pytest.raises(UsageError, match="no sample of up to 24"):
        plan_sample(book, kind="attribute")


def test_understatement_is_judged_by_itself_and_never_set_off(book):
    plan = plan_sample(book)
    drawn = draw(plan, book, seed=1)
    factor = np.where(np.arange(len(drawn)) % 2, 0.9, 1.1)
    found = evaluate(plan, drawn, drawn.book * factor)
    assert found.likely > 0 and found.under_likely > 0 and found.under_upper > found.under_likely
    tripled = evaluate(plan, drawn, drawn.book * 3)
    assert tripled.under_upper is not None or not tripled.accepted


def test_the_bound_of_the_rest_is_stringers(book):
    book = book[:-3]
    plan = plan_sample(book)
    drawn = draw(plan, book, seed=2)
    assert not drawn.certain.any()
    audited = drawn.book.copy()
    audited.iloc[3] *= 0.5
    taints = [0.5] * int(drawn.times.iloc[3])
    bound = stringer_bound(int(drawn.times.sum()), taints, method="poisson")
    assert evaluate(plan, drawn, audited).upper == pytest.approx(bound * plan.value)


@pytest.mark.parametrize("method", ["poisson", "binomial", "hypergeometric"])
def test_attributes_are_evaluated_by_the_method_planned(book, method):
    plan = plan_sample(book, kind="attribute", method=method)
    drawn = draw(plan, book, seed=1)
    assert drawn.item.is_unique and len(drawn) == plan.n
    found = evaluate(plan, drawn, [1] + [0] * (plan.n - 1))
    assert found.upper == upper_bound(plan.n, 1, method=method, population=plan.population)
    assert not found.accepted
    assert evaluate(plan, drawn, [0] * plan.n).accepted


def test_the_sheet_comes_back_as_filled(book, tmp_path):
    plan = plan_sample(book)
    drawn = draw(plan, book, seed=1)
    path = write_sheet(tmp_path / "a.xlsx", plan, drawn, places(drawn))
    again = write_sheet(tmp_path / "b.xlsx", plan, drawn, places(drawn))
    assert path.read_bytes() == again.read_bytes()
    sheet = load_workbook(path)[SHEET]
    assert sheet.protection.sheet and sheet["A2"].protection.locked and not sheet["H2"].protection.locked
    assert sheet["B2"].data_type == "s" and not sheet["B2"].value.startswith("=")
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToHeight == 0, (
        "on A4, as wide as it"
    )
    assert sheet.print_title_rows == "$1:$1" and sheet["F2"].number_format == "#,##0.00"
    fill(path, drawn.book.tolist())
    assert read_sheet(path, plan, drawn) == drawn.book.tolist()


def test_answers_of_an_attribute_sample_are_yes_and_no(book, tmp_path):
    plan = plan_sample(book, kind="attribute")
    drawn = draw(plan, book, seed=1)
    path = write_sheet(tmp_path / "a.xlsx", plan, drawn, places(drawn))
    fill(path, ["是"] + ["否"] * (len(drawn) - 1))
    assert read_sheet(path, plan, drawn) == [1.0] + [0.0] * (len(drawn) - 1)


@pytest.mark.parametrize("wrong", [None, "一百", True])
def test_an_unfilled_or_unreadable_cell_is_named(book, tmp_path, wrong):
    plan = plan_sample(book)
    drawn = draw(plan, book, seed=1)
    path = write_sheet(tmp_path / "a.xlsx", plan, drawn, places(drawn))
    fill(path, [1.0, 1.0, wrong])
    with pytest.raises(InputError, match="H4"):
        read_sheet(path, plan, drawn)


def test_a_sheet_of_another_sample_or_a_changed_line_is_refused(book, tmp_path):
    plan = plan_sample(book)
    drawn = draw(plan, book, seed=1)
    path = write_sheet(tmp_path / "a.xlsx", plan, drawn, places(drawn))
    with pytest.raises(InputError, match="not the line handed out"):
        read_sheet(path, plan, drawn.assign(book=drawn.book + 1))
    with pytest.raises(InputError, match="beyond the sample"):
        read_sheet(path, plan, drawn.iloc[:-1])
    with pytest.raises(InputError, match="H1"):
        read_sheet(path, plan_sample(book, kind="attribute"), drawn)


def test_nothing_to_draw_from_and_results_that_do_not_fit_are_refused(book):
    with pytest.raises(UsageError, match="no item"):
        plan_sample([0, -1, None])
    plan = plan_sample(book)
    with pytest.raises(UsageError, match="do not fit"):
        evaluate(plan, draw(plan, book, seed=1), [1])
    with pytest.raises(UsageError, match="no kind"):
        plan_sample(book, kind="monetry")


@pytest.mark.parametrize("method", ["poisson", "binomial"])
def test_the_upper_limit_holds_as_often_as_it_says(method):
    """Stringer's bound is conservative: it misses the truth in no more than 5% of samples, beyond chance."""
    random = np.random.default_rng(11)
    book = (10 ** random.uniform(1, 4, 600)).round(2)
    wrong = random.random(600) < 0.08
    audited = np.where(wrong, book * (1 - random.random(600)), book)
    plan = plan_sample(book, method=method)
    truth, missed = (book - audited).sum(), 0
    for seed in range(400):
        drawn = draw(plan, book, seed)
        missed += evaluate(plan, drawn, audited[drawn.item]).upper < truth
    assert missed <= 400 * 0.05 + 3 * (400 * 0.05 * 0.95) ** 0.5
