"""What a column is called in English, from its name: abbreviations in full, numbers as numbers, units in brackets."""

import re

# names whose words do not say what the column holds
_WHOLE = {
    "accident_know_time": "head learned of the accident at",
    "accident_report_time": "accident reported at",
    "ath_id": "athlete or coach number",
    "attend_count": "people who took part",
    "ca_id": "certificate or equipment number",
    "ca_type": "kind of certificate or equipment",
    "check_time": "time of the check",
    "checker_ids": "checkers",
    "claim_text": "claim as written",
    "closed_count": "problems put right",
    "companion_count": "hosts at table",
    "control_count": "measures",
    "court_count": "courts",
    "dish_count": "dishes served",
    "dud_count": "duds",
    "due_count": "people due",
    "escort_count": "escorts",
    "ext_count": "extensions",
    "guest_count": "guests",
    "is_total": "total line",
    "issue_count": "problems found",
    "issue_key": "key of the same issue",
    "item_id": "problem number",
    "keeper_in1": "first keeper at return",
    "keeper_in2": "second keeper at return",
    "keeper_out1": "first keeper at issue",
    "keeper_out2": "second keeper at issue",
    "leader_handle_id": "leader who looked into it",
    "leader_handle_time": "leader looked into it at",
    "letter_guest_count": "guests in the letter",
    "loss_found_time": "loss found at",
    "loss_report_time": "loss reported at",
    "min_amount": "amount from which it applies (yuan)",
    "parent_id": "parent unit",
    "patrol_count": "patrols",
    "petitioner_hash": "petitioner",
    "problem_count": "problems",
    "quote2_amount": "amount of the second quote",
    "quote2_supplier": "supplier of the second quote",
    "quote3_amount": "amount of the third quote",
    "quote3_supplier": "supplier of the third quote",
    "quote_count": "quotes",
    "rater_id": "rater number",
    "round_dp": "decimals",
    "staff_count": "staff at work",
    "supplier_uscc": "supplier's credit code",
    "temp_c": "temperature (°C)",
    "tue_no": "TUE number",
    "uom": "unit of measure",
    "venue_count": "venues",
    "verify_id": "verifier",
    "work_meal_count": "working meals arranged",
}
_WORDS = {
    "act": "activity", "ammo": "ammunition", "armory": "armoury", "auth": "authority for", "ca": "certificate",
    "caliber": "calibre", "catalog": "catalogue", "cert": "certificate", "color": "colour", "dept": "department",
    "desc": "description", "doc": "document", "econ": "economic", "en": "in English", "ext": "extension",
    "g": "(g)", "honor": "honour", "lat": "latitude", "license": "licence",
    "log": "record", "lon": "longitude", "m2": "(m²)", "max": "highest", "no": "number", "odo": "odometer",
    "orig": "original", "pop": "population", "prev": "previous", "qty": "quantity", "rec": "record",
    "rect": "rectification", "ref": "reference", "rep": "representative", "spec": "specification",
    "stat": "statistics", "txn": "transaction", "yuan": "(yuan)", "zh": "in Chinese",
}  # fmt: skip
_PLACES = {"1": "first", "2": "second"}
# what these say of a person or unit is its name
_NAMED = ("unit_id", "person_id", "target_id", "subject_id")


def english(name: str, ref: str | None = None) -> str:
    """The column's name in words. A key of a ledger is a number; what refers to a person or unit is who it is."""
    if name in _WHOLE:
        told = _WHOLE[name]
    else:
        stem = name.removesuffix("_id")
        key = (
            name != stem
            and name not in _NAMED
            and (ref or "").split(".")[0] not in ("person", "unit", "athlete")
        )
        words = [_word(word) for word in stem.removesuffix("_flag").split("_")] + ["number"] * key
        told = " ".join(filter(None, words))
    return told[:1].upper() + told[1:]


def _word(word: str) -> str:
    counted = re.fullmatch(r"([a-z]+)([12])", word)
    if counted and word not in _WORDS:
        return f"{_PLACES[counted[2]]} {counted[1]}"
    return _WORDS.get(word, word)
