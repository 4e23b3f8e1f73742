"""The colour due, day by day, against paths worked out by hand."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from mingjing.analyse.colours import Card, Table, Trigger, path

TABLE = Table({"蓝": 1, "黄": 2, "红": 3}, 1, 10, 5, 2, 2, 6, {"蓝": 90, "黄": 180, "红": 365})
AS_OF = date(2021, 12, 31)


def day(text: str) -> date:
    return date.fromisoformat(f"2021-{text}")


def card(number, colour, issued, due=15, done=14, lifted=None, **more):
    """Put right within 14 days of 15 unless said otherwise; `lifted` is a day or nothing."""
    start = day(issued)
    told = {
        "due": None if due is None else start + timedelta(days=due),
        "done": None if done is None else start + timedelta(days=done),
        "lifted": lifted and day(lifted),
    }
    return Card(f"K{number}", colour, start, **told | more)


def steps(cards, triggers=(), table=TABLE, as_of=AS_OF):
    return [
        (f"{s.day:%m-%d}" if s.day else None, s.event, f"{s.before or '无'}→{s.after or '无'}")
        for s in path(cards, triggers, table, as_of).steps
    ]


def test_a_single_blue_card_put_right_and_lifted():
    assert steps([card(1, "蓝", "03-01", lifted="03-31")]) == [
        ("03-01", "card", "无→蓝"),
        ("03-31", "lifted", "蓝→无"),
    ]


def test_a_blue_card_not_put_right_in_time_becomes_yellow_on_the_day_after_its_grace():
    # due 16 March, five days of grace to the 21st
    assert steps([card(1, "蓝", "03-01", done=20, lifted="03-31")]) == [
        ("03-01", "card", "无→蓝"),
        ("03-31", "lifted", "蓝→无"),
    ]
    assert steps([card(1, "蓝", "03-01", done=21, lifted="03-31")]) == [
        ("03-01", "card", "无→蓝"),
        ("03-22", "lapsed", "蓝→黄"),
        ("03-31", "lifted", "黄→无"),
    ]
    assert steps([card(1, "蓝", "03-01", done=None)], as_of=day("03-21")) == [("03-01", "card", "无→蓝")]
    assert steps([card(1, "蓝", "03-01", done=None)], as_of=day("03-22"))[-1] == ("03-22", "lapsed", "蓝→黄")


def test_a_card_raised_on_file_carries_the_path_on():
    cards = [
        card(1, "蓝", "03-01", done=None),
        card(2, "黄", "03-25", lifted="04-20", previous="K1"),
    ]
    # the lapse is answered by the yellow card; the blue one was never put right, so that its colour stays
    assert steps(cards) == [
        ("03-01", "card", "无→蓝"),
        ("03-22", "lapsed", "蓝→黄"),
        ("03-25", "card", "黄→黄"),
        ("04-20", "lifted", "黄→蓝"),
    ]
    early = [card(1, "蓝", "03-01", done=None), card(2, "黄", "03-10", previous="K1")]
    assert ("03-22", "lapsed", "黄→黄") in steps(early)


def test_a_card_that_became_a_higher_one_ends_with_it():
    cards = [
        card(1, "蓝", "03-01", done=40, lifted="04-20"),
        card(2, "黄", "03-25", lifted="04-20", previous="K1"),
    ]
    assert steps(cards)[-2:] == [("04-20", "lifted", "黄→黄"), ("04-20", "lifted", "黄→无")]


@pytest.mark.parametrize(
    ("second", "expected"), [("03-31", ("03-31", "many", "蓝→黄")), ("04-01", ("04-01", "card", "蓝→蓝"))]
)
def test_blue_cards_count_within_the_quarter(second, expected):
    cards = [card(1, "蓝", "03-20", lifted="04-10"), card(2, "蓝", second, lifted="04-20")]
    assert expected in steps(cards)
    assert ("many" in {event for _, event, _ in steps(cards)}) == (second == "03-31")


def test_three_blue_cards_where_the_table_asks_for_three():
    table = Table(**vars(TABLE) | {"nb": 3})
    cards = [card(n, "蓝", f"05-{n:02d}", lifted="06-01") for n in (1, 2, 3)]
    assert [s for s in steps(cards, table=table) if s[1] == "many"] == [("05-03", "many", "蓝→黄")]


@pytest.mark.parametrize(("second", "raised"), [("09-01", True), ("09-02", False)])
def test_yellow_cards_within_the_window_become_red(second, raised):
    cards = [card(1, "黄", "03-01", lifted="03-20"), card(2, "黄", second, lifted="09-20")]
    told = steps(cards)
    assert told[:3] == [
        ("03-01", "card", "无→黄"),
        ("03-20", "lifted", "黄→无"),
        (second, "card", "无→黄"),
    ]
    assert told[3:] == [
        *[(second, "many", "黄→红")] * raised,
        ("09-20", "lifted", f"{'红' if raised else '黄'}→无"),
    ]


def test_a_yellow_card_on_file_in_between_answers_the_blue_ones():
    cards = [
        card(1, "蓝", "03-01", lifted="05-01"),
        card(2, "黄", "03-05", lifted="03-20"),
        card(3, "蓝", "03-25", lifted="05-01"),
    ]
    assert ("03-25", "many", "蓝→蓝") in steps(cards)


def test_nobody_lifted_it_and_the_time_of_the_table_ends_it():
    # put right on 15 March, 90 days on is 13 June
    assert steps([card(1, "蓝", "03-01")]) == [("03-01", "card", "无→蓝"), ("06-13", "expired", "蓝→无")]
    assert steps([card(1, "蓝", "03-01")], as_of=day("06-12")) == [("03-01", "card", "无→蓝")]


def test_a_new_event_cancels_the_reset_and_starts_the_time_again():
    # the trigger of 1 June comes before 13 June and the card that answers it four days on: 90 days from there
    trigger = Trigger("AQ-01-x", "AQ-01", "蓝", day("06-01"))
    answer = card(2, "蓝", "06-05", lifted="06-20")
    assert steps([card(1, "蓝", "03-01"), answer], [trigger]) == [
        ("03-01", "card", "无→蓝"),
        ("06-01", "trigger", "蓝→蓝"),
        ("06-01", "restart", "蓝→蓝"),
        ("06-05", "card", "蓝→蓝"),
        ("06-05", "restart", "蓝→蓝"),
        ("06-20", "lifted", "蓝→蓝"),
        ("09-03", "expired", "蓝→无"),
    ]


def test_an_exemption_on_file_counts_for_nothing():
    cards = [card(1, "蓝", "03-01", done=None, exempt=True), card(2, "蓝", "03-02", lifted="03-31")]
    assert steps(cards) == [
        ("03-01", "exempt", "无→无"),
        ("03-02", "card", "无→蓝"),
        ("03-31", "lifted", "蓝→无"),
    ]
    trigger = Trigger("RX-03-x", "RX-03", "黄", day("03-01"))
    assert steps([card(1, "黄", "03-05", exempt=True)], [trigger])[0] == ("03-01", "trigger", "无→黄")
    assert path([card(1, "黄", "03-05", exempt=True)], [trigger], TABLE, AS_OF).held == ()


def test_a_trigger_holds_until_a_card_of_its_colour_or_above():
    trigger = Trigger("RX-03-x", "RX-03", "黄", day("03-01"))
    assert steps([], [trigger]) == [("03-01", "trigger", "无→黄")]
    low = card(1, "蓝", "03-05", lifted="03-20")
    high = card(2, "红", "04-01", lifted="05-01")
    assert steps([low, high], [trigger]) == [
        ("03-01", "trigger", "无→黄"),
        ("03-05", "card", "黄→黄"),
        ("03-20", "lifted", "黄→黄"),
        ("04-01", "card", "黄→红"),
        ("05-01", "lifted", "红→无"),
    ]


def test_where_the_table_asks_for_two_triggers_the_second_counts():
    table = Table(**vars(TABLE) | {"min_count": 2})
    triggers = [Trigger(f"T{n}", "AQ-01", "蓝", day(f"0{n}-01")) for n in (3, 5)]
    assert steps([], triggers, table) == [("03-01", "counted", "无→无"), ("05-01", "trigger", "无→蓝")]
    # a card since the first of the two answers both
    assert steps([card(1, "蓝", "04-01", lifted="04-20")], triggers, table)[-1] == (
        "05-01",
        "trigger",
        "无→无",
    )


def test_lifted_without_having_been_put_right_is_no_reset():
    assert steps([card(1, "红", "03-01", done=None, lifted="03-31")]) == [
        ("03-01", "card", "无→红"),
        ("03-31", "refused", "红→红"),
    ]
    # lifted first, put right later: it ends on the later day
    assert steps([card(1, "红", "03-01", done=40, lifted="03-31")])[-1] == ("04-10", "lifted", "红→无")


def test_unknown_is_not_a_pass():
    undated = Trigger("AQ-01-x", "AQ-01", "蓝", None)
    assert steps([], [undated]) == [(None, "undated", "无→无")]
    assert path([], [undated], TABLE, AS_OF).unsure == ((date.min, None),)
    no_due = path([card(1, "蓝", "03-01", due=None, done=60, lifted="05-20")], [], TABLE, AS_OF)
    assert no_due.unsure == ((day("03-01"), day("05-20")),)
    assert [s.event for s in no_due.steps] == ["card", "unsure", "lifted"]
    backwards = path([card(1, "蓝", "03-01", lifted="02-01")], [], TABLE, AS_OF)
    assert backwards.held[0].end is None and backwards.steps[-1].event == "expired"


def test_the_order_of_the_rows_does_not_matter():
    cards = [
        card(1, "蓝", "03-01", done=None),
        card(2, "蓝", "03-01", lifted="03-31"),
        card(3, "黄", "03-01", lifted="04-15"),
        card(4, "黄", "04-15", done=60, lifted="12-01"),
    ]
    triggers = [Trigger(f"T{n}", "RX-03", "黄", day("04-15")) for n in (1, 2)]
    told = {tuple(steps(order, triggers)) for order in permutations(cards)}
    assert len(told) == 1
    same_day = [event for when, event, _ in told.pop() if when == "04-15"]
    assert same_day == ["trigger", "trigger", "card", "many", "lifted"]
