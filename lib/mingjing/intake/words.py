"""What is said of a sheet that was read, in Chinese and English: in reports and on the terminal."""

STATUS = {
    "green": ("可用", "usable"),
    "amber": ("有小问题", "minor problems"),
    "red": ("慎用", "with care"),
    "unrecognised": ("未识别", "not recognised"),
    "empty": ("空表", "empty"),
    "unreadable": ("无法读取", "unreadable"),
    "skipped": ("未读取", "not read"),
}
# what a sheet is and whether it can be used before where it stands
SHEETS = {
    "table": ("台账", "Ledger"),
    "status": ("状态", "Status"),
    "rows_read": ("读入行", "Rows read"),
    "accepted": ("接受", "Accepted"),
    "mine": ("其中所选单位", "Of those asked for"),
    "rejected": ("退回", "Rejected"),
    "not_data": ("非数据", "Not data"),
    "sheet": ("工作表", "Sheet"),
    "file": ("文件", "File"),
}
