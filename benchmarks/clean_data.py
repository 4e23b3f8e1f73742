"""Ledgers without anything wrong in them, one model a statistical rule: what an honest year looks like.

Each function takes a random generator and gives the ledgers as rows and how many exposures they hold, in the unit in which
`false_alarms.per` of the catalogue counts. The models are plain on purpose; `false_alarms.clean` of the catalogue says
in words what each assumes, so that a bureau can judge whether its own ledgers are like that.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np

MODELS: dict[str, Callable] = {}
UNITS, YEAR = 50, [date(2021, 1, 1) + timedelta(days=n) for n in range(365)]
WORKDAYS = [day for day in YEAR if day.weekday() < 5]
FOODS = "大米 面粉 食用油 五花肉 里脊肉 牛肉 羊肉 鸡胸肉 鸡腿 鸡蛋 鲈鱼 带鱼 虾仁 豆腐 豆干 上海青 菠菜 白菜 包菜 西兰花 花菜 土豆 红薯 南瓜 冬瓜 黄瓜 番茄 茄子 青椒 洋葱 胡萝卜 白萝卜 木耳 香菇 金针菇 豆角 豆芽 山药 莲藕 玉米 苹果 香蕉 橙子 西瓜 葡萄 牛奶 酸奶 面条 米粉 馒头 包子 盐 白糖 酱油 食醋 味精 鸡精 淀粉 花椒 八角 生姜 大蒜 小葱 香菜 干辣椒 豆瓣酱".split()
ODD_FOODS = (
    "料酒 黄酒 米酒 甜酒酿 烟熏腊肉 茶叶蛋 茶树菇 油茶 凉茶 茶籽油 海带 海参菇 酒精炉 奶茶粉 红茶包".split()
)
GOODS = "A4打印纸 硒鼓 办公桌椅 台式电脑 投影仪 运动服 训练鞋 篮球 排球 羽毛球 乒乓球台 体操垫 举重杠铃片 心率带 秒表 急救箱 创可贴 碘伏 弹性绷带 冰袋 肌贴 按摩油 消毒液 洗手液 口罩 体温计 矿泉水 电解质饮料 能量胶 乳清蛋白粉 复合维生素 维生素C片 钙片 鱼油 葡萄糖口服液 板蓝根颗粒 布洛芬 云南白药喷雾 藿香正气水 氯雷他定".split()
PAYMENTS = [f"{verb}{what}" for verb in ("付", "购", "报销") for what in GOODS] + [
    "付场地租赁费", "付水费", "付电费", "付教练培训班费用", "报销差旅费", "付裁判劳务", "付车辆维修费", "付保险费",
]  # fmt: skip
LISTED = "麻黄碱/ephedrine 伪麻黄碱/pseudoephedrine 甲基麻黄碱/methylephedrine 克仑特罗/clenbuterol 莱克多巴胺/ractopamine 沙丁胺醇/salbutamol 特布他林/terbutaline 睾酮/testosterone 诺龙/nandrolone 司坦唑醇/stanozolol 促红素/EPO 生长激素/GH 胰岛素/insulin 他莫昔芬/tamoxifen 呋塞米/furosemide 氢氯噻嗪/hydrochlorothiazide 甘露醇/mannitol 曲美他嗪/trimetazidine 米屈肼/meldonium 士的宁/strychnine 吗啡/morphine 大麻/cannabis 苯丙胺/amphetamine 泼尼松/prednisone 地塞米松/dexamethasone 美托洛尔/metoprolol 普萘洛尔/propranolol 去甲乌药碱/higenamine".split()
NEAR_LISTED = "不含麻黄碱感冒药 DEPOT收纳箱 睾酮检测试剂 胰岛素冷藏盒 反兴奋剂手册 大麻籽油皂 无糖口香糖（甘露醇） 麻黄汤剂说明书".split()
PHRASES = [
    f"{verb}{what}{how}"
    for verb in ("检查了", "研究了", "部署了", "听取了", "核对了", "走访了")
    for what in (
        "训练安排",
        "食堂管理",
        "枪弹保管",
        "经费支出",
        "场馆开放",
        "安全隐患",
        "作风建设",
        "运动员教育",
    )
    for how in ("并提出意见", "，要求月底前完成", "，未见异常", "，与有关同志谈话")
]
PROBLEMS = "食堂冰箱温度记录缺三天|公务用车加油卡未登记里程|办公用品采购没有验收单|会议室吊顶渗水未维修|值班室夜间无人|接待清单缺陪同人员签字|固定资产标签脱落|党支部学习笔记代抄|出差审批单后补|灭火器压力不足|运动员请假未销假|合同没有编号归档|库房与账面数量不符|培训签到表字迹相同|差旅住宿超标准|宿舍私拉电线|游泳池水质公示过期|考勤机数据与纪实不符|印章外借未登记|监控录像保存不足|专家评审费发放依据不全|器材报废未审批|收费票据跳号|信访件超期答复|办件材料反复索要|健身路径螺栓松动|财务印鉴由一人保管|招标公告时间不足|劳务费代领|微信群通报代替文件|消防通道堆放杂物|药品柜钥匙未双人保管".split(
    "|"
)


def model(rule_id: str) -> Callable:
    def register(function: Callable) -> Callable:
        MODELS[rule_id] = function
        return function

    return register


def days(random: np.random.Generator, size: int, of: list[date] = YEAR) -> list[date]:
    return [of[at] for at in random.integers(0, len(of), size)]


def at(day: date, random: np.random.Generator, first: int = 8, last: int = 18) -> datetime:
    """A moment of the day between two hours, to the minute."""
    return datetime(day.year, day.month, day.day) + timedelta(
        minutes=int(random.integers(first * 60, last * 60))
    )


@model("ST-12")
def prices(random):
    size, base = 5000, dict(zip(FOODS, np.exp(random.normal(2, 0.8, len(FOODS))), strict=True))
    rows = []
    for number, day in enumerate(days(random, size)):
        item = FOODS[random.integers(len(FOODS))]
        market = base[item] * (1 + 0.15 * np.sin(day.month / 2))
        rows.append({
            "line_id": f"L{number}", "unit_id": f"U{random.integers(UNITS)}", "purchase_date": day, "item_name": item,
            "uom": "公斤", "unit_price": round(market * np.exp(random.normal(0, 0.05)), 2),
            "market_price": round(market * np.exp(random.normal(0, 0.03)), 2),
        })  # fmt: skip
    return {"food_purchase": rows}, size / 1000


@model("ST-19")
def food_names(random):
    size = 5000
    names = [(ODD_FOODS if random.random() < 0.02 else FOODS) for _ in range(size)]
    rows = [
        {"line_id": f"L{n}", "purchase_date": day, "item_name": of[random.integers(len(of))]}
        for n, (of, day) in enumerate(zip(names, days(random, size), strict=True))
    ]
    return {"food_purchase": rows}, size / 1000


@model("ST-21")
def suppliers(random):
    rows = []
    for unit in range(UNITS):
        share = random.dirichlet([3] * random.integers(4, 9))
        rows += [
            {"line_id": f"L{unit}-{s}-{m}", "unit_id": f"U{unit}", "purchase_date": date(2021, m, 9), "supplier_name": f"供货商{s}",
             "amount": float(part * 20000 * random.uniform(0.8, 1.2))}
            for s, part in enumerate(share) for m in range(1, 13)
        ]  # fmt: skip
    return {"food_purchase": rows}, UNITS / 100


@model("ST-24")
def visits(random):
    rows = []
    for group in range(UNITS // 5):
        for quarter in range(4):
            for stop in random.permutation(5):
                span = [d for d in WORKDAYS if (d.month - 1) // 3 == quarter]
                rows.append({"act_id": f"V{len(rows)}", "act_type": "食堂检查", "unit_id": f"U{group * 5 + stop}",
                             "round_id": f"R{group}-{quarter}", "act_time": at(span[random.integers(len(span))], random)})  # fmt: skip
    return {"activity_log": rows}, UNITS / 100


@model("ST-25")
def food_logs(random):
    rows = []
    for unit in range(10):
        for day in YEAR[:181]:
            for half in (8, 16):
                start = at(day, random, half, half + 1)
                for device in range(4):
                    rows.append({"log_id": f"G{len(rows)}", "unit_id": f"U{unit}", "log_type": "冷藏温度", "device_no": f"{device}号",
                                 "log_time": start + timedelta(minutes=int(device * random.integers(1, 3))),
                                 "temp_c": round(float(random.normal(4, 0.6)), 1), "person_id": f"P{unit}"})  # fmt: skip
    return {"food_log": rows}, 10 / 2 / 100


@model("ST-B01")
def weekly_cost(random):
    stock, meals = [], []
    for unit in range(20):
        people = int(random.integers(40, 200))
        for day in YEAR[3:]:
            diners = int(random.binomial(people, 0.9))
            meals.append(
                {
                    "unit_id": f"U{unit}",
                    "ledger_date": day,
                    "meal": "午餐",
                    "diner_class": "运动员",
                    "diners": diners,
                }
            )
        for week in range(51):
            spent = people * 0.9 * 7 * 25 * np.exp(random.normal(0, 0.12))
            stock.append({"txn_id": f"T{unit}-{week}", "unit_id": f"U{unit}", "txn_type": "出库", "txn_date": YEAR[3 + week * 7],
                          "qty": float(spent), "unit_cost": 1.0})  # fmt: skip
    return {"food_stock": stock, "meal_ledger": meals}, 20 / 100


@model("ZT-B01")
def records(random):
    rows = []
    for unit in range(20):
        for day in days(random, 48, WORKDAYS):
            text = "；".join(
                PHRASES[p] for p in random.choice(len(PHRASES), random.integers(3, 6), replace=False)
            )
            rows.append({"rec_id": f"D{len(rows)}", "unit_id": f"U{unit}", "subject_id": f"P{unit}-{random.integers(4)}",
                         "done_date": day, "content": text})  # fmt: skip
    return {"duty_record": rows}, 20 / 100


@model("ZT-04")
def entries(random):
    rows = []
    for person in range(100):
        for day in days(random, 24, WORKDAYS):
            entered = datetime(day.year, day.month, day.day, 17) + timedelta(
                days=float(random.exponential(1.5))
            )
            rows.append({"rec_id": f"D{len(rows)}", "unit_id": f"U{person % 20}", "subject_id": f"P{person}", "done_date": day,
                         "entry_time": entered.replace(second=0, microsecond=0)})  # fmt: skip
    return {"duty_record": rows}, len(rows) / 1000


@model("AQ-14")
def inspections(random):
    rows = []
    for leader in range(20):
        for day in (WORKDAYS[at] for at in random.choice(len(WORKDAYS), 24, replace=False)):
            start = at(day, random, 8, 11)
            for stop in range(3):
                text = "，".join(
                    PHRASES[p] for p in random.choice(len(PHRASES), random.integers(1, 3), replace=False)
                )
                rows.append({"act_id": f"A{len(rows)}", "act_type": "安全生产检查", "unit_id": f"U{random.integers(UNITS)}",
                             "leader_id": f"P{leader}", "act_time": start + timedelta(minutes=30 * stop),
                             "site_id": f"S{random.integers(200)}",
                             "conclusion": text if random.random() < 0.5 else "未发现问题"})  # fmt: skip
    return {"activity_log": rows}, 20 / 100


@model("AQ-B04")
def problems_found(random):
    rate, rows = random.beta(4, 8, UNITS), []
    for unit in range(UNITS):
        for day in days(random, 12, WORKDAYS):
            rows.append({"act_id": f"A{len(rows)}", "act_type": "安全生产检查", "unit_id": f"U{unit}", "leader_id": f"P{random.integers(30)}",
                         "act_time": at(day, random), "issue_count": int(random.random() < rate[unit])})  # fmt: skip
    return {"activity_log": rows}, UNITS / 100


def prohibited() -> list[dict]:
    return [
        {"year": 2021, "substance": name, "name_en": english}
        for name, _, english in (written.partition("/") for written in LISTED)
    ]


def goods(random, size: int, key: str, day: str, text: str) -> list[dict]:
    """Rows of ordinary goods, one in two hundred with a name that comes near the list."""
    rows = []
    for number, when in enumerate(days(random, size)):
        of = NEAR_LISTED if random.random() < 0.005 else PAYMENTS if text == "summary" else GOODS
        rows.append(
            {
                key: f"K{number}",
                "unit_id": f"U{random.integers(UNITS)}",
                day: when,
                text: of[random.integers(len(of))],
            }
        )
    return rows


@model("FX-12")
def goods_in(random):
    rows = goods(random, 2000, "txn_id", "txn_date", "item_name")
    return {"intake_txn": rows, "prohibited_list": prohibited()}, 2


@model("FX-14")
def goods_bought(random):
    rows = goods(random, 2000, "purchase_id", "contract_date", "item_name")
    return {"purchase": rows, "prohibited_list": prohibited()}, 2


@model("FX-15")
def goods_paid(random):
    rows = goods(random, 2000, "line_id", "voucher_date", "summary")
    return {"expense": rows, "prohibited_list": prohibited()}, 2


@model("FX-13")
def supplements(random):
    paid, seen = [], []
    for number, day in enumerate(days(random, 1000, YEAR[70:330])):
        unit, seller = f"U{number % UNITS}", f"营养品公司{random.integers(300)}"
        paid.append(
            {
                "line_id": f"E{number}",
                "voucher_no": f"V{number}",
                "unit_id": unit,
                "voucher_date": day,
                "summary": "付营养品款",
                "payee": seller,
                "amount": 3000.0,
            }
        )
        seen.append({"txn_id": f"I{number}", "unit_id": unit, "txn_type": "入库", "item_class": "营养品", "supplier": seller,
                     "txn_date": day - timedelta(days=int(random.normal(15, 15)))})  # fmt: skip
    return {"expense": paid, "intake_txn": seen}, 10


def rounds(random, **more) -> list[dict]:
    """A year of draws of 60 coaches: out in the daytime, leftovers returned by most."""
    rows = []
    for coach in range(60):
        returns, boxes = random.beta(2, 4), random.beta(2, 6)
        for day in days(random, 40, WORKDAYS):
            drill = int(random.gamma(6, 10)) + 5
            used = 50 * max(1, round(drill / 50)) if random.random() < boxes else drill
            left = int(random.integers(1, 20)) if random.random() < returns else 0
            out = at(day, random, 8, 19)
            rows.append({"issue_id": f"G{len(rows)}", "unit_id": f"U{coach % 10}", "borrower_id": f"A{coach}", "coach_id": f"C{coach}",
                         "ammo_type": "5.6mm步枪弹", "ammo_out": used + left, "ammo_used": used, "ammo_returned": left,
                         "out_time": out, "in_time": out + timedelta(hours=2)})  # fmt: skip
    return rows


@model("QD-B04")
def drawn(random):
    issues = rounds(random)
    athletes = [{"ath_id": f"A{coach}", "sport": "步枪"} for coach in range(60)]
    return {"gun_issue": issues, "athlete": athletes}, len(issues) / 1000


@model("QD-16")
def returned(random):
    return {"gun_issue": rounds(random)}, 60 / 100


@model("QD-17")
def boxes(random):
    return {"gun_issue": rounds(random)}, 60 / 100


@model("QD-18")
def plans(random):
    issues, plan, used = rounds(random), [], {}
    for row in issues:
        key = (row["unit_id"], row["out_time"].month)
        used[key] = used.get(key, 0) + row["ammo_used"]
    for unit, month in sorted(used):
        planned = int(used[unit, month] / random.normal(0.95, 0.06) / 10) * 10
        plan.append(
            {
                "plan_id": f"N{len(plan)}",
                "unit_id": unit,
                "plan_month": date(2021, month, 1),
                "ammo_type": "5.6mm步枪弹",
                "planned_rounds": planned,
            }
        )
    return {"gun_issue": issues, "ammo_plan": plan}, len(plan) / 100


@model("ZG-06")
def distinct_problems(random):
    rows = []
    for unit in range(UNITS):
        for which, day in zip(random.choice(len(PROBLEMS), 10, replace=False), days(random, 10), strict=True):
            rows.append({"item_id": f"Z{len(rows)}", "unit_id": f"U{unit}", "batch_id": "B1", "problem": PROBLEMS[which], "status": "已销号",
                         "feedback_date": day, "close_date": min(day + timedelta(days=30), YEAR[-1]), "review_result": None})  # fmt: skip
    return {"rectification": rows}, UNITS / 100


@model("ZG-B02")
def closings(random):
    rows = []
    for batch in range(100):
        start = YEAR[int(random.integers(0, 200))]
        for _ in range(int(random.integers(8, 25))):
            done = int(random.integers(10, 75))
            rows.append({"item_id": f"Z{len(rows)}", "unit_id": "U1", "batch_id": f"B{batch}", "status": "已销号", "feedback_date": start,
                         "finish_date": start + timedelta(days=done), "close_date": start + timedelta(days=done - done % 14 + 14)})  # fmt: skip
    return {"rectification": rows}, 1
