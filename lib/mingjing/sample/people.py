"""Units, their staff and their athletes: what every other ledger refers to."""

from datetime import date

from mingjing.sample.bureau import Bureau, Row

_COUNTIES = ("东城区", "西城区", "南山区", "北湖区", "清河县", "临江县", "云岭县", "石桥市")
# name, type, county, fire key, public venue, armoury, canteen, athletes, staff
_UNITS = (
    ("市体育局机关", "机关", "东城区", False, False, False, False, False, 46),
    ("市射击射箭运动管理中心", "训练单位", "南山区", True, False, True, True, True, 38),
    ("市体育运动学校", "体校", "西城区", True, False, False, True, True, 92),
    ("市水上运动管理中心", "训练单位", "北湖区", False, False, False, True, True, 41),
    ("市全民健身中心", "场馆", "东城区", True, True, False, False, False, 33),
    ("市奥林匹克体育中心", "场馆", "南山区", True, True, False, False, False, 57),
)
_FLAGS = ("is_fire_key", "is_public_venue", "has_armory", "has_canteen", "has_athletes")
_POSTS = (
    # role, how many, department, post, level, key area
    ("head", 1, "班子", "主任", "班子正职", None),
    ("deputy", 2, "班子", "副主任", "班子副职", None),
    ("finance", 2, "财务科", "会计", "一般", "财务"),
    ("purchase", 1, "办公室", "采购专管员", "一般", "采购"),
    ("hr", 1, "人事科", "科长", "中层", "人事"),
    ("discipline", 1, "纪检室", "纪检员", "一般", None),
    ("safety", 2, "安全科", "安全员", "一般", None),
    ("clerk", 4, "综合科", "科员", "一般", None),
)
_WHERE = {
    "has_armory": (
        ("keeper", 2, "枪弹科", "枪弹保管员", "一般", "枪弹"),
        ("guard", 3, "枪弹科", "专职守护员", "一般", "枪弹"),
    ),
    "has_canteen": (
        ("manager", 1, "后勤科", "食堂管理员", "中层", "食堂"),
        ("buyer", 1, "后勤科", "食堂采购员", "一般", "食堂"),
        ("storekeeper", 1, "后勤科", "食堂保管员", "一般", "食堂"),
        ("acceptor", 3, "后勤科", "验收员", "一般", None),
        ("cook", 4, "后勤科", "厨师", "一般", None),
    ),
    "has_athletes": (
        ("coach", 4, "训练科", "教练员", "一般", None),
        ("doctor", 1, "训练科", "队医", "一般", "反兴奋剂"),
    ),
    "is_public_venue": (("venue", 2, "场馆科", "场馆管理员", "一般", "场馆"),),
}
_ROLES = (("运动员", 20), ("教练员", 4), ("领队", 1), ("队医", 1), ("管理人员", 1))
_SPORTS = {"市射击射箭运动管理中心": "射击", "市水上运动管理中心": "赛艇"}


def build(bureau: Bureau) -> None:
    """Six direct units and eight counties; each further step of scale adds another set of both."""
    for copy in range(bureau.scale):
        suffix = "" if copy == 0 else f"第{copy + 1}部"
        parent = None
        for place, (name, kind, county, *flags, staff) in enumerate(_UNITS):
            unit = bureau.add_unit(
                unit_id=f"U{copy * 100 + place + 1:03d}",
                unit_name=name + suffix,
                unit_type=kind,
                parent_id=parent,
                county=county,
                head_id=None,
                staff_count=staff,
                vehicle_quota=3,
                **dict(zip(_FLAGS, flags, strict=True)),
                active=True,
            )
            parent = parent or unit["unit_id"]
            _staff(bureau, unit)
            if unit["has_athletes"]:
                _athletes(bureau, unit, _SPORTS.get(name, "田径"))
        for place, county in enumerate(_COUNTIES):
            unit = bureau.add_unit(
                unit_id=f"U{copy * 100 + place + 21:03d}",
                unit_name=f"{county}教育体育局{suffix}",
                unit_type="县市区部门",
                parent_id=None,
                county=county,
                head_id=None,
                staff_count=15,
                vehicle_quota=2,
                **dict.fromkeys(_FLAGS, False),
                active=True,
            )
            _staff(bureau, unit)


def _staff(bureau: Bureau, unit: Row) -> None:
    posts = list(_POSTS)
    for flag, more in _WHERE.items():
        posts += more if unit[flag] else ()
    for role, count, dept, post, level, area in posts:
        for _ in range(count):
            bureau.person(
                unit["unit_id"],
                role,
                dept=dept,
                post=post,
                post_level=level,
                identity="公务员" if unit["unit_type"] == "机关" else "事业",
                is_key_post=area is not None,
                key_area=area,
                post_start_date=date(2019, 3, 1),
                last_special_audit_date=date(2021, 3, 15) if area else None,
                is_party_member=level != "一般",
                auth_armory=role == "keeper",
                guard_cert_no=bureau.number("BA") if role == "guard" else None,
            )
    unit["head_id"] = bureau.staff(unit["unit_id"])["head"][0]


def _athletes(bureau: Bureau, unit: Row, sport: str) -> None:
    for role, count in _ROLES:
        for place in range(count):
            bureau.add(
                "athlete",
                ath_id=bureau.number("A"),
                name=bureau.name(),
                role=role,
                unit_id=unit["unit_id"],
                sport=sport,
                test_pool="检查库" if role == "运动员" and place < 3 else "无",
                in_training=True,
                is_minor=role == "运动员" and place % 4 == 3,
                start_date=date(2020, 2, 1),
                end_date=None,
            )
