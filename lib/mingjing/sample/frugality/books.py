"""The expense ledger that every module of this area writes in."""

from datetime import date

from mingjing.sample.bureau import Bureau, Row

ITEMS = {
    "公务接待费": "30217",
    "会议费": "30215",
    "办公费": "30201",
    "福利费": "30229",
    "专用材料费": "30218",
    "公务用车运行维护费": "30231",
    "因公出国(境)费": "30212",
    "差旅费": "30211",
    "培训费": "30216",
    "印刷费": "30202",
    "劳务费": "30226",
    "委托业务费": "30227",
    "津贴补贴": "30102",
    "奖金": "30103",
}


def voucher(bureau: Bureau) -> str:
    """The next voucher number of the year."""
    return bureau.number("记")


def expense(bureau: Bureau, unit_id: str, day: date, item: str, amount: float, summary: str, **more) -> Row:
    """One entry with a voucher and an invoice of its own unless told otherwise."""
    staff = bureau.staff(unit_id)
    usual = {
        "line_id": bureau.number("FL"),
        "voucher_no": more.get("voucher_no") or voucher(bureau),
        "voucher_date": day,
        "fiscal_year": bureau.year,
        "unit_id": unit_id,
        "econ_item_code": ITEMS[item],
        "econ_item": item,
        "amount": amount,
        "payee": "市机关事务服务中心",
        "invoice_no": bureau.number("2100"),
        "invoice_date": day,
        "summary": summary,
        "handler_id": staff["clerk"][0],
        "reviewer_id": staff["finance"][0],
        "approver_id": staff["deputy"][0],
        "pay_method": "公务卡",
        "basis_doc_no": None,
    }
    return bureau.add("expense", **(usual | more))
