"""The areas of the report, in reading order, and the rule prefixes that belong to each."""

from dataclasses import dataclass

from mingjing.errors import UsageError, nearest

# what makes a folder a finished report: the file that says what the run was made of
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Area:
    """One area: its notebook is `notebooks/NN_<name>.ipynb`; reports stand in the order below, not by NN."""

    name: str
    zh: str
    en: str
    prefixes: tuple[str, ...]

    def title(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


AREAS: dict[str, Area] = {
    area.name: area
    for area in (
        Area("intake", "数据受理", "Intake", ("DQ",)),
        Area("risk", "廉政风险点", "Integrity risks", ("LZ",)),
        Area("frugality", "中央八项规定", "Frugality", ("JD", "CG", "JF", "GC", "JR")),
        Area("rectification", "四风与巡察整改", "Rectification", ("ZG",)),
        Area("responsibility", "主体责任与考核", "Responsibility", ("ZT", "KH", "SS")),
        Area("feedback", "群众诉求与评议", "Public feedback", ("RX", "PY")),
        Area("venues", "体育场地", "Venues", ("CD",)),
        Area("firearms", "运动枪弹", "Firearms", ("QD",)),
        Area("antidoping", "反兴奋剂", "Anti-doping", ("FX",)),
        Area("canteen", "食堂", "Canteen", ("ST",)),
        Area("safety", "安全生产", "Safety", ("AQ",)),
        Area("overview", "总报告", "Overview", ()),
    )
}


def check_area(name: str) -> None:
    """UsageError with the nearest name, in whichever language it was meant, when there is no such area."""
    if name not in AREAS:
        meant = [
            area.name for area in AREAS.values() if area.zh.startswith(name) or name.lower() == area.name
        ]
        raise UsageError(f"no area is called “{name}”", todo=nearest(meant[0] if meant else name, AREAS))


def area_of(rule_id: str) -> str:
    """Area that a rule id such as `ST-02` belongs to; KeyError when the prefix is nobody's."""
    prefix = rule_id.split("-", 1)[0]
    for area in AREAS.values():
        if prefix in area.prefixes:
            return area.name
    raise KeyError(rule_id)
