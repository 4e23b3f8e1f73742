"""What the report of a sample says: in words, with denominators, in one language."""

import pytest

from mingjing import Audit
from mingjing.analyse import sampling_report as told
from mingjing.analyse.sampling import draw, evaluate, plan_sample
from mingjing.analyse.sampling_sheet import hand_over
from mingjing.errors import UsageError

HEAD = "验收编号,采购日期,食堂所属单位,品名,金额,供货商,采购方式,采购员\n"


def line(number, amount, day="2021-03-01", unit="U1"):
    return f"L{number},{day},{unit},米,{amount},某公司,询价,P1\n"


@pytest.fixture
def folder(tmp_path):
    lines = [line(i, 100 + 30 * i) for i in range(60)] + [line(60, 60000), line(61, 0), line(62, -40)]
    lines += [line(70, 500, day="2020-12-31"), line(71, 900, day="2022-01-01"), line(72, 700, unit="U2")]
    (tmp_path / "食堂采购验收台账.csv").write_text(HEAD + "".join(lines), "utf-8")
    (tmp_path / "单位基本信息表.csv").write_text("单位编号,单位名称\nU1,甲\nU2,乙\n", "utf-8")
    return tmp_path


def sample(folder, kind="monetary", lang="zh", **asked):
    book = told.population(Audit.open(folder, "2021", lang=lang, **asked), "food_purchase.amount")
    plan = plan_sample(book.amounts, kind=kind, method="poisson" if kind == "monetary" else "binomial")
    return book, plan, draw(plan, book.amounts, seed=1)


def test_only_rows_of_the_period_and_the_units_can_be_drawn(folder):
    book, plan, _ = sample(folder)
    assert (len(book.rows), book.of) == (64, 66)
    assert (
        plan.left_out == 2
        and "62项" in told.told(book, plan, "zh")
        and "其中2行" in told.told(book, plan, "zh")
    )
    only, _, drawn = sample(folder, units=["甲"])
    assert len(only.rows) == 63 and "L72" not in set(only.places(drawn).key)
    assert only.places(drawn).key.str.startswith("L").all()


def test_what_is_certain_is_not_drawn_and_stands_for_the_draws_left_over(folder):
    book, plan, drawn = sample(folder)
    listed = told.listed(book, drawn)
    assert listed.draws.isna().tolist() == drawn.certain.tolist() and drawn.certain.sum() == 1
    times, rest = int(listed.draws.sum()), len(drawn) - 1
    assert plan.n == 60 and 0 < rest <= times < 60
    zh, en = (told.planned(book, plan, drawn, "fixed", lang).detail.iloc[-1] for lang in ("zh", "en"))
    assert zh == f"{1 + rest}项（必查1项，不参加抽取，抵{60 - times}次；其余抽{times}次，抽中{rest}项）"
    assert (
        f"1 certain, not drawn: it stands for {60 - times} draws; {rest} from {times} draws of the rest" in en
    )
    small = book.rows[book.amounts < 10_000]
    calm = told.Population(book.table, book.column, small, book.of, 0)
    plan = plan_sample(calm.amounts, materiality=0.5, method="poisson")
    drawn = draw(plan, calm.amounts, seed=1)
    assert (
        told.planned(calm, plan, drawn, "fixed", "zh")
        .detail.iloc[-1]
        .endswith(f"项（抽{drawn.times.sum()}次）")
    )


def test_a_row_that_tells_no_day_is_told_of_and_not_drawn(folder):
    book, plan, _ = sample(folder)
    gone = told.Population(book.table, book.column, book.rows, book.of, 3)
    assert "3行没有日期" in told.told(gone, plan, "zh") and "3 more tell no day" in told.told(
        gone, plan, "en"
    )


def test_a_column_that_holds_no_amounts_is_refused_with_the_nearest(folder):
    audit = Audit.open(folder, "2021")
    with pytest.raises(UsageError, match="“amount”"):
        told.population(audit, "food_purchase.amuont")
    with pytest.raises(UsageError, match="no column of amounts"):
        told.population(audit, "food_purchase.item_name")


def test_before_the_sheet_is_back_the_answer_is_what_has_to_be_examined(folder):
    text, colour, figures = told.answer(*sample(folder), None, "zh")
    assert colour == "grey" and "没有结论" in text and "62项中应查" in text and "其中1项金额大、必查" in text
    assert figures[0][1].endswith(" / 62") and figures[1][0].startswith("应查金额 / 总体金额（元，占")


@pytest.mark.parametrize(("factor", "colour"), [(1.0, "green"), (0.985, "amber"), (0.5, "red")])
def test_the_colour_goes_by_the_limit_and_by_what_is_most_likely(folder, factor, colour):
    book, plan, drawn = sample(folder)
    found = evaluate(plan, drawn, drawn.book * factor)
    text, shown, figures = told.answer(book, plan, drawn, found, "zh")
    assert shown == colour and found.sentence() in text
    assert figures[1] == ("有差错的项数 / 抽查项数", f"{found.errors} / {len(drawn)}")


@pytest.mark.parametrize("kind", ["monetary", "attribute"])
def test_what_was_drawn_adds_up_to_the_whole(folder, kind):
    book, plan, drawn = sample(folder, kind)
    table = told.coverage(book, plan, drawn, "zh")
    assert table.population.sum() == plan.population and table.drawn.sum() == len(drawn)
    assert table.book_total.sum() == pytest.approx(plan.value - (40 if kind == "attribute" else 0))
    if kind == "monetary":
        assert table.size_band[0].startswith("必查") and table.money_percent[0] == 100


def test_items_in_error_are_listed_the_most_first_and_both_limits_stand_apart(folder):
    book, plan, drawn = sample(folder)
    audited = drawn.book.tolist()
    audited[0] += 10
    audited[2] -= 25
    table = told.wrong(book, plan, drawn, audited)
    assert table.misstated.tolist() == [25, -10]
    sides = told.limits(evaluate(plan, drawn, audited), "zh")
    assert sides.side.tolist() == ["高估（元）", "低估（元）"] and (sides.upper > sides.likely).all()


def test_attributes_are_told_as_rates(folder):
    book, plan, drawn = sample(folder, "attribute")
    answers = [1] + [0] * (len(drawn) - 1)
    assert told.wrong(book, plan, drawn, answers).key.tolist() == [told.listed(book, drawn).key[0]]
    sides = told.limits(evaluate(plan, drawn, answers), "zh")
    assert sides.tolerable.tolist() == [5] and sides.likely[0] == pytest.approx(100 / len(drawn), abs=0.01)
    assert told.answer(book, plan, drawn, None, "zh")[2][-1] == ("可容忍的差错率", "5%")


def test_without_a_limit_of_understatement_the_sentence_says_so(folder):
    _, plan, drawn = sample(folder)
    found = evaluate(plan, drawn, drawn.book * 3)
    assert found.under_upper is None and not found.accepted
    assert "低估没有上限" in found.sentence() and "understated without a limit" in found.sentence("en")


def test_the_assurance_names_confidence_amount_and_what_is_expected(folder):
    book, plan, _ = sample(folder)
    assert f"95%的把握说总体的错报低于{plan.value * 0.05:,.2f}元（5%）" in told.assurance(plan, "zh")
    some = plan_sample(book.amounts, materiality=0.1, expected=0.01)
    assert "（1%）" in told.assurance(some, "zh") and "全部无误" not in told.assurance(some, "zh")


def test_a_sheet_that_came_back_stays_beside_the_report(folder, tmp_path):
    """A report replaces the one before it: a blank sheet in its folder would replace the auditor's work."""
    book, plan, drawn = sample(folder)
    out, back = tmp_path / "out", tmp_path / "back.xlsx"
    out.mkdir()
    assert "待填" in hand_over(str(out), "", plan, drawn, book.places(drawn), "zh")
    back.write_bytes(b"filled in")
    assert "已交回" in hand_over(str(out), str(back), plan, drawn, book.places(drawn), "zh")
    assert (out / "sampling.xlsx").read_bytes() == b"filled in"
    assert "没有写出" in hand_over("", "", plan, drawn, book.places(drawn), "zh")
