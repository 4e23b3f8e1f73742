"""Work records, tasks, cases, policies, appraisals, honours and cards."""

from datetime import date, datetime, time, timedelta

from mingjing.sample.bureau import Bureau, Row

_QUARTERS = (date(2021, 1, 1), date(2021, 4, 1), date(2021, 7, 1), date(2021, 10, 1))
_LEADERS = ("班子正职", "班子副职", "中层")
_WORK = (
    "检查督导安全工作",
    "听取科室汇报",
    "下基层调研训练情况",
    "督导整改落实",
    "研究年度预算",
    "走访服务对象",
)
_LONG = "组织全体党员干部集中学习党章党规和典型案例通报，围绕岗位廉政风险逐项对照检查并提出下一步改进措施"
_TASKS = (
    "全民健身场地普查",
    "体彩公益金使用自查",
    "青少年训练基地复核",
    "赛事安保方案报备",
    "体育社团清理规范",
)
_BUDGET = "《中华人民共和国预算法实施条例》"
_POLICIES = (
    "公务接待管理办法",
    "食堂管理五项制度",
    "枪弹管理规定",
    "财务报销细则",
    "采购管理办法",
    "考勤管理办法",
)


def build(bureau: Bureau) -> None:
    _records(bureau)
    _tasks(bureau)
    _cases(bureau)
    _policies(bureau)
    _appraisals(bureau)
    _honours(bureau)
    _cards(bureau)
    _appointments(bureau)
    _raised(bureau)


def _record(bureau: Bureau, person: Row, kind: str, day: date | None, content: str, **more) -> Row:
    return bureau.add(
        "duty_record",
        **{
            "rec_id": bureau.number("JS"),
            "rec_type": kind,
            "subject_id": person["person_id"],
            "unit_id": person["unit_id"],
            "done_date": day,
            "entry_time": datetime.combine(day, time(17, 0)) + timedelta(days=2) if day else None,
            "content": content,
            "evidence_ref": bureau.number("ZL"),
        }
        | more,
    )


def _records(bureau: Bureau) -> None:
    rng = bureau.random("responsibility")
    people = [row for row in bureau.rows["person"] if row["post_level"] in _LEADERS]
    silent, newcomer = [row for row in people if row["post_level"] == "班子副职"][-4:-2], people[-1]
    newcomer["post_start_date"] = date(2021, 10, 8)
    for person in people:
        for number, first in enumerate(_QUARTERS):
            if (person in silent and number == 1) or person is newcomer:
                continue
            day = first + timedelta(days=rng.randrange(20, 60))
            _record(bureau, person, "检查督导", day, rng.choice(_WORK))
    for person in silent:
        bureau.plant("ZT-03", person)
    bureau.near_miss("ZT-03", newcomer)
    _duties(bureau, people)
    _studies(bureau)
    _backdated(bureau, people)
    _copies(bureau, people)


def _duties(bureau: Bureau, people: list[Row]) -> None:
    due = date(2021, 6, 30)
    for person, done, rule in (
        (people[0], due, None),
        (people[1], due + timedelta(days=1), "plant"),
        (people[2], None, "plant"),
        (people[3], date(2021, 6, 28), None),
    ):
        row = _record(bureau, person, "责任清单事项", done, "签订廉政责任书", due_date=due)
        bureau.plant("ZT-01", row) if rule else bureau.near_miss("ZT-01", row)


def _studies(bureau: Bureau) -> None:
    bureaus = [row for row in bureau.rows["unit"] if row["unit_type"] == "机关"]
    for unit in bureaus:
        head = bureau.person_row(unit["head_id"])
        _record(bureau, head, "听取汇报", date(2021, 6, 30), "听取全面从严治党工作汇报")
        bureau.plant("ZT-02", unit)
        bureau.plant("ZT-02", unit)
    # offices out of use: one that met in no half-year and one that met in both
    first = bureaus[0]
    for name, days in (
        ("市体育局机关第二党组", ()),
        ("市体育局机关第三党组", (date(2021, 1, 1), date(2021, 12, 31))),
    ):
        unit = bureau.add_unit(
            **(dict(first) | {"unit_id": bureau.number("UX"), "unit_name": name, "active": False})
        )
        bureau.near_miss("ZT-02", unit)
        for day in days:
            head = bureau.person_row(first["head_id"])
            _record(bureau, head, "专题研究", day, "专题研究全面从严治党", unit_id=unit["unit_id"])


def _backdated(bureau: Bureau, people: list[Row]) -> None:
    for person, days in ((people[4], 8), (people[5], 30), (people[6], 7)):
        day = date(2021, 5, 10)
        entered = datetime(2021, 5, 10, 9) + timedelta(days=days)
        row = _record(bureau, person, "听取汇报", day, "听取季度工作汇报", entry_time=entered)
        bureau.plant("ZT-04", row) if days > 7 else bureau.near_miss("ZT-04", row)
    for person, count in ((people[7], 5), (people[8], 4)):
        rows = [
            _record(
                bureau,
                person,
                "检查督导",
                date(2021, 11, 20 + n),
                "检查训练场地",
                entry_time=datetime(2021, 11, 26, 9, n),
            )
            for n in range(count)
        ]
        bureau.plant("ZT-04", *rows) if count == 5 else bureau.near_miss("ZT-04", *rows)
    person = people[9]
    rows = [
        _record(
            bureau,
            person,
            "检查督导",
            date(2021, 8, 10 + n),
            "检查宿舍食堂",
            entry_time=datetime(2021, 8, 16, 9, n),
        )
        for n in range(6)
    ]
    bureau.plant("ZT-04", *rows)


def _copies(bureau: Bureau, people: list[Row]) -> None:
    heads = [row for row in people if row["post_level"] == "班子正职"]
    for person in heads[:2]:
        first = _record(bureau, person, "警示教育", date(2021, 4, 12), _LONG)
        copy = _record(bureau, person, "警示教育", date(2021, 10, 12), f"10月12日{_LONG}")
        bureau.plant("ZT-B01", first, copy)
    first = _record(bureau, heads[2], "警示教育", date(2021, 4, 12), _LONG)
    other = _LONG[:20] + "观看警示教育片后分组讨论，每人撰写心得体会一篇交机关党委存档备查"
    bureau.near_miss("ZT-B01", first, _record(bureau, heads[2], "警示教育", date(2021, 10, 12), other))


def _tasks(bureau: Bureau) -> None:
    units = bureau.rows["unit"]
    due = date(2021, 9, 30)
    plans = (
        ({}, ()),
        ({"done_date": date(2021, 10, 1)}, ("ZT-05",)),
        ({"done_date": None}, ("ZT-05",)),
        ({"deadline": date(2021, 11, 30), "done_date": date(2021, 9, 15)}, ("ZT-06",)),
        ({"local_requirement": "年内完成"}, ("ZT-06",)),
        (
            {
                "deadline": date(2021, 11, 30),
                "change_no": "体督变〔2021〕2号",
                "done_date": date(2021, 11, 30),
            },
            None,
        ),
    )
    for number, (more, rules) in enumerate(plans):
        row = bureau.add(
            "task",
            **{
                "task_id": bureau.number("DB"),
                "source_doc": f"市政府督〔2021〕{number + 3}号",
                "title": _TASKS[number % len(_TASKS)],
                "requirement": "9月底前完成并报告",
                "local_requirement": "9月底前完成并报告",
                "unit_id": units[number]["unit_id"],
                "owner_id": units[number]["head_id"],
                "orig_deadline": due,
                "deadline": due,
                "change_no": None,
                "done_date": due,
            }
            | more,
        )
        for rule in ("ZT-05", "ZT-06"):
            if rule in (rules or ()):
                bureau.plant(rule, row)
            elif not rules:
                bureau.near_miss(rule, row)


def _cases(bureau: Bureau) -> None:
    people = [row for row in bureau.rows["person"] if row["post_level"] == "一般"]
    plans = (
        ({}, ()),
        ({"proposal_date": date(2021, 3, 1)}, ("ZT-07",)),
        ({"proposal_date": None, "sanction_date": None, "executed_date": None, "sanction": None}, ("ZT-07",)),
        ({"executed_date": date(2021, 5, 2)}, ("ZT-08",)),
        ({"executed_date": None}, ("ZT-08",)),
    )
    for number, (more, rules) in enumerate(plans):
        person = people[number * 7]
        row = bureau.add(
            "case_file",
            **{
                "case_id": bureau.number("XS"),
                "source": "信访举报",
                "received_date": date(2021, 1, 31),
                "unit_id": person["unit_id"],
                "person_id": person["person_id"],
                "proposal_date": date(2021, 2, 28),
                "method": "初步核实",
                "form": "第一种",
                "sanction": "批评教育",
                "sanction_date": date(2021, 4, 1),
                "executed_date": date(2021, 5, 1),
            }
            | more,
        )
        for rule in ("ZT-07", "ZT-08"):
            bureau.plant(rule, row) if rule in rules else bureau.near_miss(rule, row)


def _policies(bureau: Bureau) -> None:
    plans = (
        ({}, ()),
        ({"doc_no": None}, ("ZT-10",)),
        ({"effective_date": date(2019, 6, 1)}, ("ZT-10",)),
        ({"effective_date": date(2019, 6, 1), "revised_claim": False}, ()),
        ({"effective_date": date(2020, 9, 30), "revised_claim": False, "upper_basis": _BUDGET}, ("ZT-09",)),
        ({"effective_date": date(2019, 1, 1), "revised_claim": None, "upper_basis": _BUDGET}, ("ZT-09",)),
        ({"effective_date": date(2020, 10, 1), "revised_claim": False, "upper_basis": _BUDGET}, ()),
    )
    for number, (more, rules) in enumerate(plans):
        row = bureau.add(
            "policy",
            **{
                "policy_id": bureau.number("ZD"),
                "title": _POLICIES[number % len(_POLICIES)],
                "unit_id": bureau.rows["unit"][0]["unit_id"],
                "doc_no": f"市体发〔2021〕{number + 11}号",
                "version": "2021版",
                "effective_date": date(2021, 3, 1),
                "revised_claim": True,
                "upper_basis": "《党政机关厉行节约反对浪费条例》",
                "repealed_date": None,
            }
            | more,
        )
        for rule in ("ZT-09", "ZT-10"):
            bureau.plant(rule, row) if rule in rules else bureau.near_miss(rule, row)


def _appraisals(bureau: Bureau) -> None:
    groups = [unit for unit in bureau.rows["unit"] if unit["unit_type"] != "县市区部门" and unit["active"]]
    for place, unit in enumerate(groups):
        people = [row for row in bureau.rows["person"] if row["unit_id"] == unit["unit_id"]]
        best = len(people) // 5 + (place in (1, 2))
        annual = [
            _appraisal(bureau, unit, row, "年度", "年度考核", "优秀" if number < best else "称职")
            for number, row in enumerate(people)
        ]
        for number, row in enumerate(people):
            for period in ("一季度", "二季度", "三季度", "四季度"):
                if not (place == 0 and number in (5, 6) and period == "三季度"):
                    _appraisal(bureau, unit, row, period, "平时考核", "好")
        if place in (1, 2):
            bureau.plant("KH-01", *annual[:best])
        if place == 0:
            bureau.near_miss("KH-01", *annual[:best])


def _appraisal(bureau: Bureau, unit: Row, person: Row, period: str, kind: str, grade: str) -> Row:
    return bureau.add(
        "appraisal",
        person_id=person["person_id"],
        year=2021,
        period=period,
        type=kind,
        eligible=True,
        quota_group=unit["unit_name"],
        grade=grade,
        score=92.0 if grade == "优秀" else 85.0,
        quota_raise_doc=None,
        notified_date=date(2021, 12, 28),
    )


def _honour(bureau: Bureau, person: Row, **more) -> Row:
    return bureau.add(
        "honor",
        **{
            "honor_id": bureau.number("RY"),
            "year": 2021,
            "period": "年度",
            "honor_type": "优秀共产党员",
            "subject_type": "个人",
            "subject_id": person["person_id"],
            "publicity_start": date(2021, 6, 15),
            "publicity_end": date(2021, 6, 22),
            "doc_no": "市体党〔2021〕8号",
        }
        | more,
    )


def _honours(bureau: Bureau) -> None:
    members = [row for row in bureau.rows["person"] if row["is_party_member"]]
    others = [row for row in bureau.rows["person"] if not row["is_party_member"]]
    for person in others[:2]:
        bureau.plant("KH-04", _honour(bureau, person))
    bureau.near_miss("KH-04", _honour(bureau, others[2], honor_type="其他"))
    bureau.near_miss("KH-04", _honour(bureau, members[0]))
    # 17 September to 24 September 2021 holds five working days with the worked Saturday; a day less holds four
    bureau.plant(
        "KH-B04",
        _honour(bureau, members[1], publicity_start=date(2021, 9, 17), publicity_end=date(2021, 9, 23)),
    )
    bureau.plant("KH-B04", _honour(bureau, members[2], publicity_end=None))
    bureau.near_miss(
        "KH-B04",
        _honour(bureau, members[3], publicity_start=date(2021, 9, 17), publicity_end=date(2021, 9, 24)),
    )


def _card(bureau: Bureau, subject: str, colour: str, day: date, **more) -> Row:
    return bureau.add(
        "tricolor",
        **{
            "card_id": bureau.number("SP"),
            "subject_type": "个人",
            "subject_id": subject,
            "color": colour,
            "trigger_type": "任务逾期",
            "trigger_ref": None,
            "issue_date": day,
            "rect_due_date": day + timedelta(days=15),
            "rect_done_date": day + timedelta(days=14),
            "lifted_date": day + timedelta(days=30),
            "prev_card_id": None,
            "consequence": None if colour == "蓝" else "扣减年度考核分",
            "exemption_no": None,
        }
        | more,
    )


def _cards(bureau: Bureau) -> None:
    people = [row["person_id"] for row in bureau.rows["person"] if row["post_level"] == "一般"][40:]
    bureau.plant("SS-02", _card(bureau, people[0], "蓝", date(2021, 3, 1), rect_done_date=date(2021, 3, 22)))
    bureau.near_miss(
        "SS-02", _card(bureau, people[1], "蓝", date(2021, 3, 1), rect_done_date=date(2021, 3, 21))
    )
    pair = [_card(bureau, people[2], "蓝", day) for day in (date(2021, 4, 1), date(2021, 6, 30))]
    bureau.plant("SS-02", *pair)
    apart = [_card(bureau, people[3], "蓝", day) for day in (date(2021, 6, 30), date(2021, 7, 1))]
    bureau.near_miss("SS-02", *apart)
    bureau.plant("SS-03", _card(bureau, people[4], "黄", date(2021, 5, 1), consequence=None))
    bureau.plant("SS-03", _card(bureau, people[5], "红", date(2021, 6, 1), consequence=None))
    bureau.near_miss("SS-03", _card(bureau, people[6], "黄", date(2021, 11, 1), consequence=None))
    graded = [row for row in bureau.rows["appraisal"] if row["type"] == "年度考核" and row["grade"] == "优秀"]
    groups = {row["quota_group"]: row for row in graded}
    first, second, third = list(groups.values())[:3]
    bureau.plant("KH-03", first, _card(bureau, first["person_id"], "红", date(2021, 2, 1)))
    person = bureau.person_row(second["person_id"])
    person["discipline_start_date"], person["discipline_end_date"] = date(2020, 9, 1), date(2021, 3, 1)
    bureau.plant("KH-03", second)
    bureau.near_miss("KH-03", third, _card(bureau, third["person_id"], "黄", date(2021, 2, 1)))
    plain = [row for row in bureau.rows["appraisal"] if row["type"] == "年度考核" and row["grade"] != "优秀"]
    by_person = {row["person_id"]: row for row in plain}
    few = [row for row in plain if _regular(bureau, row["person_id"]) < 4]
    for row in few:
        bureau.plant("KH-02", row)
    bureau.near_miss("KH-02", by_person[plain[-1]["person_id"]])


def _regular(bureau: Bureau, person_id: str) -> int:
    return sum(r["type"] == "平时考核" and r["person_id"] == person_id for r in bureau.rows["appraisal"])


def _appointments(bureau: Bureau) -> None:
    people = [row for row in bureau.rows["person"] if row["post_level"] == "一般"][60:]
    for place, (card, ends, planted) in enumerate(
        (
            (None, None, False),
            (date(2021, 4, 1), None, True),
            (None, date(2021, 5, 20), True),
            (date(2021, 4, 1), None, False),
        )
    ):
        person = people[place]
        row = bureau.add(
            "appointment",
            appointment_id=bureau.number("RM"),
            person_id=person["person_id"],
            unit_id=person["unit_id"],
            decided_date=date(2021, 5, 20),
            former_post="科员",
            new_post="副科长",
            opinion_no=bureau.number("LZYJ"),
        )
        rows = [row]
        if card:
            lifted = None if planted else date(2021, 5, 20)
            rows.append(_card(bureau, person["person_id"], "黄", card, lifted_date=lifted))
        if ends:
            person["discipline_start_date"], person["discipline_end_date"] = date(2020, 6, 1), ends
        bureau.plant("SS-04", *rows) if planted else bureau.near_miss("SS-04", *rows)


def _raised(bureau: Bureau) -> None:
    """Two paths as the rules want them: a blue card not put right, raised to yellow, lifted, and a new blue one in autumn; and
    a second yellow card within half a year, raised to red on the same day."""
    people = [row["person_id"] for row in bureau.rows["person"] if row["post_level"] == "一般"][47:49]
    late = {"rect_done_date": date(2021, 4, 10), "lifted_date": date(2021, 4, 20)}
    blue = _card(bureau, people[0], "蓝", date(2021, 3, 1), **late)
    yellow = _card(bureau, people[0], "黄", date(2021, 3, 22), **late, prev_card_id=blue["card_id"])
    later = _card(bureau, people[0], "蓝", date(2021, 9, 1))
    first, second = (_card(bureau, people[1], "黄", day) for day in (date(2021, 3, 10), date(2021, 7, 5)))
    dates = {"rect_done_date": date(2021, 8, 5), "lifted_date": date(2021, 12, 1)}
    red = _card(bureau, people[1], "红", date(2021, 7, 5), **dates, prev_card_id=second["card_id"])
    bureau.near_miss("SS-02", blue, yellow, later)
    bureau.near_miss("SS-02", first, second, red)
