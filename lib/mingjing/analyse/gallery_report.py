"""What the gallery says: the published answers beside those found here, and its tables in the reader's words."""

import tomllib
from functools import cache
from importlib import resources

import pandas as pd

from mingjing.analyse import headed
from mingjing.analyse.canteen import chance
from mingjing.wording import listed

# what is asked, zh and en; the published figure, and its decimals
_PUBLISHED = (
    ("给本国选手的偏离（分）", "Own skaters, from the panel (points)", 3.088, 3),
    ("给他国选手的偏离（分）", "Others, from the panel (points)", -0.301, 3),
    ("二者相差（分）", "The two apart (points)", 3.4, 1),
    ("付款前两位数字的平均绝对偏差", "First two digits of payments, mean absolute deviation", 0.002336614, 9),
)
_LARGEST = (50, 11, 10, 98)
_DISCIPLINES = {
    "PAIRS": "双人滑", "MEN": "男子单人滑", "LADIES": "女子单人滑", "ICE DANCE": "冰上舞蹈",
    "SHORT PROGRAM": "短节目", "FREE SKATING": "自由滑", "SHORT DANCE": "短舞", "FREE DANCE": "自由舞",
}  # fmt: skip


def held_against(bias, found, excess: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Each published answer, what is found here to as many decimals, and whether the two are one."""
    zh = lang == "zh"
    values = (bias.home, bias.away, bias.bias, found.mad) if bias else ()
    rows = [
        (told[not zh], f"{known:.{places}f}", f"{value:.{places}f}")
        for (*told, known, places), value in zip(_PUBLISHED, values, strict=False)
    ]
    if bias:
        told = ("比预期多出最多的四组前两位", "First two digits with the largest excess")[not zh]
        rows.append((told, listed(_LARGEST, lang), listed(excess.digits[: len(_LARGEST)], lang)))
    heads = ("项目", "发表值", "算得") if zh else ("What", "Published", "Found here")
    frame = pd.DataFrame(rows, columns=heads)
    same = ("一致", "不一致") if zh else ("yes", "no")
    return frame.assign(**{"是否一致" if zh else "The same": [same[row[1] != row[2]] for row in rows]})


def answer(checked: pd.DataFrame, bias, order: pd.DataFrame, lang: str) -> tuple[str, str, list]:
    """The first screen: sentence, colour and figures; without the data, that there is nothing to be held against."""
    zh, many = lang == "zh", len(checked)
    if not many:
        told = (
            "没有找到公开数据，以下各节为空。"
            if zh
            else "The public data are not there: what follows is empty."
        )
        return told, "grey", []
    same = int((checked.iloc[:, 1] == checked.iloc[:, 2]).sum())
    if zh:
        told = f"两份公开数据的{many}个发表值" + (
            "全部复算一致。" if same == many else f"，{same}个复算一致，{many - same}个不一致。"
        )
        labels = ("与发表值一致", "偏向本国（分，95%区间）", f"第一名（{_leader(order, lang)}）的把握")
        between = "至"
    else:
        told = f"Of {many} published answers on two public data sets, these methods give " + (
            "every one." if same == many else f"{same} and miss {many - same}."
        )
        labels = (
            "As published",
            "Bias for one's own (points, 95% interval)",
            f"First place ({_leader(order, lang)}) is",
        )
        between = " to "
    interval = (
        f"（{bias.low:.2f}{between}{bias.high:.2f}）" if zh else f" ({bias.low:.2f}{between}{bias.high:.2f})"
    )
    sure = chance(order.p_first[0], lang) if len(order) else "—"
    values = (f"{same} / {many}", f"{bias.bias:.2f}{interval}", sure if zh else f"{sure} sure")
    return told, "green" if same == many else "red", list(zip(labels, values, strict=True))


def _leader(order: pd.DataFrame, lang: str) -> str:
    return skater(order.target[0], lang) if len(order) else "—"


def country(code: str, lang: str) -> str:
    """A country or region of the skating data as the reader names it."""
    return _countries().get(code, code) if lang == "zh" else code


def skater(target: str, lang: str) -> str:
    """A skater of a segment: country and order, never a name."""
    code, number = target.split()
    return f"{country(code, lang)}{number}号" if lang == "zh" else target


def level(change, table: pd.DataFrame, lang: str) -> str:
    """What one judge would have had to give otherwise for another skater to share the first place."""
    other, scored = (skater(table.index[place], lang) for place in (change.target, change.scored))
    seat, code = table.columns[change.judge].split()
    points, each = f"{abs(change.change):.1f}", f"{abs(change.change) / table.shape[1]:.1f}"
    if lang == "zh":
        gave = f"{seat[1:]}号裁判（{country(code, lang)}）{'少' if change.change < 0 else '多'}给{scored}{points}分"
        return f"只要{gave}，{other}就与第一名持平；摊到{table.shape[1]}名裁判，每人差不到{each}分。"
    gave = (
        f"judge {seat[1:]} ({code}) given {scored} {points} points {'less' if change.change < 0 else 'more'}"
    )
    return f"Had {gave}, {other} would be level with the first: {each} points for each of {table.shape[1]} judges."


@cache
def _countries() -> dict[str, str]:
    text = resources.files(__package__).joinpath("gallery.toml").read_text("utf-8")
    return tomllib.loads(text)["countries"]


def named(discipline: str, lang: str) -> str:
    """A discipline of figure skating in the report's language."""
    if lang == "en":
        return discipline.capitalize()
    for english, chinese in _DISCIPLINES.items():
        discipline = discipline.replace(english, chinese)
    return discipline.replace(" ", "")


def own_and_others(bias, lang: str) -> pd.DataFrame:
    """Whom judges score, how far from the rest of the panel, on how many scores."""
    names = ("本国选手", "他国选手") if lang == "zh" else ("Their own", "Others")
    rows = [(names[0], bias.home, bias.n_home), (names[1], bias.away, bias.n_away)] if bias else []
    heads = (
        ["打给谁", "平均偏离（分）", "评分数"]
        if lang == "zh"
        else ["Scores for", "From the panel (points)", "Scores"]
    )
    return pd.DataFrame(rows, columns=heads)


def places(order: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The first places of a segment with their limits."""
    heads = {
        "target": ("选手", "Skater"), "score": ("得分", "Score"), "place": ("名次", "Place"), "low": ("最好到", "At best"),
        "high": ("最差到", "At worst"), "p_first": ("是第一名的把握", "Sure to be first"),
    }  # fmt: skip
    sure = [chance(share, lang) for share in order.p_first]
    return headed(order.assign(target=[skater(t, lang) for t in order.target], p_first=sure), heads, lang)


def prices(found, many: int, lang: str) -> pd.DataFrame:
    """The amounts paid most often, written as text: a first column of numbers would stand far from its left edge."""
    amounts = [f"{amount:,.2f}" for amount in found.amounts[:many]]
    frame = pd.DataFrame({"amount": amounts, "times": found.times[:many]})
    return headed(frame, {"amount": ("金额（美元）", "Dollars"), "times": ("笔数", "Payments")}, lang)


def repeats(twice: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Payments alike in everything; suppliers are numbers in these data."""
    heads = {
        "party": ("供货商编号", "Supplier number"), "excess": ("多出（美元）", "Beyond the first (dollars)"),
        "amount": ("每笔（美元）", "Each (dollars)"), "times": ("笔数", "Payments"), "day": ("日期", "Day"),
        "document": ("单据号", "Document number"),
    }  # fmt: skip
    return headed(twice.assign(party=twice.party.astype(str)), heads, lang)


def factors(frame: pd.DataFrame, lang: str, cards: bool = False) -> pd.DataFrame:
    """Suppliers, or cards, whose largest amount is far above their second."""
    whose = ("卡号", "Card number") if cards else ("供货商编号", "Supplier number")
    heads = {
        "party": whose, "factor": ("最大是第二大的几倍", "Largest / second"), "largest": ("最大一笔（美元）", "Largest (dollars)"),
        "entries": ("笔数", "Payments"),
    }  # fmt: skip
    return headed(frame.assign(party=frame.party.astype(str)), heads, lang)
