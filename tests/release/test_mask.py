"""What the public sees of a value; what it never sees."""

from pathlib import Path

import nbformat
import pandas as pd
import pytest

from mingjing import Audit
from mingjing.analyse import overview
from mingjing.analyse.claims import judged
from mingjing.errors import InputError, UsageError
from mingjing.release import LeakError, check_leaks, few, small
from mingjing.release.patterns import personal
from mingjing.rules import catalogue
from mingjing.tables.words import in_english

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
UNITS = "单位编号,单位名称,单位类型,主要负责人\nU1,射击中心,训练单位,高峰\nU2,水上中心,训练单位,李二\n"
PEOPLE = "人员编号,姓名,所在单位,岗位名称\nP1,高峰,U1,主任\nP2,李二,U2,主任\nP3,王同名,U1,会计\nP4,王同名,U2,会计\n"
LOG = "记录编号,食堂所属单位,记录类型,记录时间,供餐日期,餐次,菜品,留样重量,留样销毁时间,记录人\n" + "".join(
    f"L{n},射击中心,留样,2021-03-{n:02d} 12:00,2021-03-{n:02d},午餐,{dish},{weight},2021-03-30 12:00,{who}\n"
    for n, dish, weight, who in [
        *((n, "红烧肉", 125, "高峰") for n in range(1, 7)),
        *((n, "高峰牌牛奶", 124, "王同名") for n in range(7, 13)),
        (13, "只有一次的菜", 124, "查无此人"),
    ]
)


@pytest.fixture
def folder(tmp_path):
    data = tmp_path / "ledgers"
    data.mkdir()
    for name, text in (("单位信息", UNITS), ("人员花名册", PEOPLE), ("留样与温度记录表_高峰", LOG)):
        (data / f"{name}.csv").write_text(text, "utf-8")
    return data


def opened(folder, config=None, **more):
    return Audit.open(folder, "2021", audience="public", config=config, **more)


def test_one_person_is_one_code_by_id_and_by_name_in_every_ledger(folder):
    audit = opened(folder)
    people = audit.table("person").set_index("unit_id")
    code = people.loc["U1", "name"].iloc[0]
    assert code.startswith("人员-") and people.loc["U1", "person_id"].iloc[0] == code
    assert audit.table("unit").set_index("unit_id").head_id["U1"] == code
    assert set(audit.table("food_log").person_id.iloc[:6]) == {code}


def test_two_people_of_one_name_are_not_one_code(folder):
    people = opened(folder).table("person")
    assert people.name.nunique() == 4


def test_a_value_is_public_only_if_enough_rows_share_it_and_no_name_is_in_it(folder):
    """A dish seen 6 times stays; one that holds a name (an ordinary word, 高峰) and one seen once become codes."""
    dishes = opened(folder).table("food_log").dish
    assert dishes[0] == "红烧肉" and dishes[7].startswith("文字-") and dishes[12].startswith("文字-")
    assert dishes[7] == dishes[8] != dishes[12]


def test_no_file_sheet_or_row_is_named(folder):
    finding = next(iter(opened(folder).check("canteen")))
    assert (finding["source_file"], finding["sheet"]) == ("留样与温度记录表", "") and pd.isna(finding["row"])


def test_findings_are_those_of_the_internal_audit_one_for_one(folder):
    true, public = Audit.open(folder, "2021"), opened(folder)
    columns = ["rule_id", "severity", "kind", "unit", "date", "amount"]
    one, other = (
        a.check().to_pandas()[columns].sort_values(columns).reset_index(drop=True) for a in (true, public)
    )
    pd.testing.assert_frame_equal(one, other)
    assert not set(true.check().to_pandas().finding_id) & set(public.check().to_pandas().finding_id)


def test_a_public_finding_is_not_said_to_be_new(folder):
    public = opened(folder)
    assert set(public.check().to_pandas().status) == {""}
    assert "新发现" not in public.check()._repr_html_()
    assert "不与以前各期比较" in public.headline("overview").text + public.look_back().text
    assert public.headline("overview").text.partition("\n")[0].count("发现") == 1
    assert "new" not in overview.areas(public) and "新发现" not in public.one_page().html


def test_codes_are_stable_with_a_key_and_change_with_it(folder, tmp_path):
    def codes(key):
        (tmp_path / "key").write_text(key)
        (tmp_path / "bureau.toml").write_text('[public]\nkey_file = "key"\n')
        return list(opened(folder, tmp_path / "bureau.toml").table("person").name)

    first = codes("0123456789abcdef0123")
    with (folder / "人员花名册.csv").open("a", encoding="utf-8") as file:
        file.write("P5,赵新人,U1,主任\n")
    assert codes("0123456789abcdef0123")[:4] == first
    assert not set(codes("another key of 20 by")) & set(first)


@pytest.mark.parametrize(
    "text",
    [
        '[public]\nkey_file = "none"\n',
        "[public]\nsmallest = 1\n",
        '[public]\nwords = "x"\n',
        "[public]\nkey = 3\n",
    ],
)
def test_a_wrong_policy_is_one_clear_line(folder, tmp_path, text):
    (tmp_path / "bureau.toml").write_text(text)
    with pytest.raises(InputError):
        opened(folder, tmp_path / "bureau.toml")


def test_an_unknown_audience_is_refused(folder):
    with pytest.raises(UsageError, match="friends"):
        Audit.open(folder, "2021", audience="friends")


@pytest.mark.parametrize(
    "text",
    [
        "37010219880315123X",
        "电话139 1234 5678",
        "+8613912345678",
        "鲁A·12345",
        "鲁AD12345",
        "6222020200112233445",
        "６２２２０２０２００１１２２３３４４５",
        "a.b@c.cn",
        "0531-82345678",
    ],
)
def test_personal_numbers_are_known_by_their_shape(text):
    assert personal(text)


@pytest.mark.parametrize(
    "text", ["2021-03-01 12:00", "12345", "125.50", "1234567.89", "第3条", "鲁菜ABC", "0.1391234567812"]
)
def test_other_numbers_are_not_taken_for_personal_ones(text):
    assert not personal(text)


class Public:
    """An audit with nothing but a policy."""

    def __init__(self):
        self.release = self
        self.policy = self
        self.smallest, self.log = 5, []

    def note(self, *line):
        self.log.append(line)


def test_a_small_cell_takes_the_next_smallest_with_it():
    """One of three groups has 3 people. With it alone hidden, the total of 60 would give it away."""
    frame = pd.DataFrame({"group": list("abc"), "people": [3, 20, 37], "share": [1.0, 2.0, 3.0]})
    audit = Public()
    shown = small(audit, frame, ["people"], ["share"])
    assert shown.people.isna().tolist() == [True, True, False] == shown.share.isna().tolist()
    assert audit.log == [("group, people, share", "people", "few people", 2)]


def test_complements_count_as_small_cells_and_every_margin_is_guarded():
    """38 of 40 trained leaves 2; rows and columns with one hidden cell lose another each."""
    frame = pd.DataFrame(
        {
            "unit": list("aabbcc"),
            "role": ["x", "y"] * 3,
            "due": [40, 30, 50, 60, 70, 80],
            "trained": [38, 10, 20, 30, 30, 40],
        }
    )
    hidden = small(Public(), frame, ["due", "trained"], by=["unit", "role"]).due.isna()
    for column in ("unit", "role"):
        assert all(count != 1 for count in hidden.groupby(frame[column]).sum())
    assert hidden[0] and not hidden.all()


def test_inside_the_bureau_nothing_is_hidden():
    frame = pd.DataFrame({"people": [1, 2]})
    assert small(object(), frame, ["people"]) is frame
    assert few(object(), 1, 9) == "1 / 9"
    assert few(Public(), 1, 9) == few(Public(), 8, 9) == "＊ / 9" and few(Public(), 0, 9) == "0 / 9"


@pytest.mark.parametrize(
    "text",
    [
        "<b>王</b>小明",
        "&#29579;小明",
        r"\u738b\u5c0f\u660e",
        "%E7%8E%8B%E5%B0%8F%E6%98%8E",
        "data:x;base64,5aSp5rCU5b6I5aW977yM546L5bCP5piO5p2l5LqG",
    ],
)
def test_a_name_is_found_in_any_encoding(tmp_path, text):
    (tmp_path / "page.html").write_text(f"<p>{text}</p>", "utf-8")
    with pytest.raises(LeakError, match="王小明"):
        check_leaks(tmp_path, {"王小明"}, "")


def test_a_name_is_found_in_compressed_data_parquet_and_the_name_of_a_file(tmp_path):
    import base64
    import zlib

    packed = base64.b64encode(zlib.compress("本页由王小明编制，请勿外传。".encode())).decode()
    for number, write in enumerate(
        (
            lambda folder: (folder / "a.html").write_text(
                f'<script type="application/json">"{packed}"</script>'
            ),
            lambda folder: pd.DataFrame({"王小明": ["x"]}).to_parquet(folder / "a.parquet"),
            lambda folder: pd.DataFrame({"a": ["由王小明"]}).to_parquet(folder / "a.parquet"),
            lambda folder: (folder / "王小明.html").write_text("x"),
        )
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        write(folder)
        with pytest.raises(LeakError, match="王小明"):
            check_leaks(folder, {"王小明"}, "")


def test_what_cannot_be_told_from_the_workbooks_own_words_is_counted_not_found(tmp_path):
    """高峰 is a name and a word of the catalogue; L1 and 12 mean nothing in a page; P0001 is no part of XP00012."""
    (tmp_path / "a.html").write_text("用电高峰 L1 12 XP00012", "utf-8")
    checked = check_leaks(tmp_path, {"高峰", "L1", "12", "P0001"}, "高峰期")
    assert (checked.values, checked.passed_over) == (1, 3)
    with pytest.raises(LeakError):
        check_leaks(tmp_path, {"高峰"}, "")
    assert check_leaks(tmp_path, {"高峰"}, "", {"高峰"}).values == 0


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda p: p.stem)
def test_every_notebook_passes_its_audience_on(path):
    """Under stock papermill nobody else does."""
    sources = [cell.source for cell in nbformat.read(path, 4).cells if "Audit.open(" in cell.source]
    assert all("audience=audience" in source for source in sources)


def test_a_claim_that_cannot_be_judged_names_the_rules_that_did_not_run(folder):
    """Names of rules and indicators are the workbook's own words; what the claim says is not."""
    (folder / "汇报材料数字表.csv").write_text(
        "条目编号,材料名称,指标键,原文,数值\nC1,总结,超标准接待数,接待没有超标准,0\n", "utf-8"
    )
    for lang in ("zh", "en"):
        (why,) = judged(opened(folder, lang=lang)).why
        assert catalogue()["JD-02"].name(lang) in why
        assert (
            f"“{'超标准接待数为0' if lang == 'zh' else in_english('超标准接待数') + ': 0'}”" in why
            and "接待没有超标准" not in why
        )


def test_within_a_public_run_no_notebook_gets_an_internal_audit(folder):
    public = opened(folder)
    with public.shared():
        assert Audit.open(folder, "2021") is public
        assert Audit.open(folder, "2021Q1").release is not None
