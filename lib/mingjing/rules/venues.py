"""Venues and their statistics. Each function is one rule of `catalogue/venues.toml`."""

import ibis
import ibis.expr.types as ir

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.expr import differs, graded, over, same, under
from mingjing.rules.ledgers import Ledgers

# Metres of one degree of latitude, rather too few than too many: no cell may be narrower than the distance asked for.
# A degree of longitude is at least half of it up to 60° north.
_DEGREE = 111_190
_EARTH = 6_371_000


def latest(ledgers: Ledgers) -> ir.Table:
    """Venues of the latest statistical year on file that is not after the period."""
    t = ledgers.venue.filter(ledgers.venue.stat_year <= ledgers.end.year)
    t = t.filter(t.stat_year == t.stat_year.max())
    if t.count().execute() == 0:
        raise NotRun("no_rows", "venue")
    return t.mutate(place=bare(t.venue_name), street=bare(t.address))


def bare(text: ir.StringValue) -> ir.StringValue:
    """A name without white space, brackets and marks, in lower case."""
    return text.re_replace(r"[\s\pP\pS]+", "").lower()


@rule("CD-01")
def per_head(ledgers: Ledgers, p):
    t = ledgers.region_stat
    half = {name: 0.5 * 10 ** -p.decimals[name] for name in ("area", "population", "per_head")}
    known = t.filter(
        (t.resident_pop > half["population"]) & t.venue_area.notnull() & t.per_capita_area.notnull()
    )
    known = known.mutate(
        recomputed=(known.venue_area / known.resident_pop).round(p.decimals["per_head"] + 2),
        low=(known.venue_area - half["area"]) / (known.resident_pop + half["population"]) - half["per_head"],
        high=(known.venue_area + half["area"]) / (known.resident_pop - half["population"]) + half["per_head"],
        implied=(known.venue_area / known.per_capita_area).round(2),
    )
    published = known.per_capita_area
    yield "differs", known.filter(under(published, known.low) | over(published, known.high))
    yield "population", graded(t.filter(~(t.resident_pop > 0).fill_null(False)), "missing", "medium")


@rule("CD-02")
def totals(ledgers: Ledgers, p):
    r, v = ledgers.region_stat, ledgers.venue
    v = v.filter(v.status.isin(p.counted)).mutate(year=lambda s: s.stat_year)
    detail = v.group_by("county", "year").agg(
        listed=v.venue_id.nunique(), listed_area=(v.area_m2.sum() / 1e4).round(4)
    )
    kept = v.select("year").distinct()
    r = r.mutate(year=r.stat_date.year().cast("int64"), total=r.is_total.fill_null(False))
    county = r.filter(~r.total).semi_join(kept, "year").left_join(detail, ["county", "year"])
    county = county.mutate(listed=county.listed.fill_null(0), listed_area=county.listed_area.fill_null(0.0))
    yield "count", county.filter(county.listed != county.venue_count)
    yield "area", county.filter(differs(county.listed_area, county.venue_area, p.tol_wan_m2))
    columns = ("venue_count", "venue_area", "resident_pop")
    parts = (
        r.filter(~r.total)
        .group_by("stat_date")
        .agg(counties=lambda s: s.count(), **{f"sum_{c}": r[c].sum() for c in columns})
    )
    whole = r.filter(r.total).join(parts, "stat_date")
    whole = whole.mutate(**{f"sum_{c}": whole[f"sum_{c}"].round(4) for c in columns})
    yield "city_count", whole.filter(whole.sum_venue_count != whole.venue_count)
    yield (
        "city_area",
        whole.filter(differs(whole.sum_venue_area, whole.venue_area, p.tol_wan_m2 * whole.counties)),
    )
    yield (
        "city_population",
        whole.filter(differs(whole.sum_resident_pop, whole.resident_pop, p.tol_wan_persons * whole.counties)),
    )
    years = r.select("year").distinct()
    unlisted = detail.semi_join(years, "year").anti_join(r.filter(~r.total), ["county", "year"])
    rows = v.join(unlisted.select("county", "year"), ["county", "year"])
    yield (
        "unlisted",
        rows.group_by("county", "year").agg(
            _rids=rows._rid.collect(), subject=rows.county.min(), listed=rows.count()
        ),
    )


@rule("CD-03")
def duplicates(ledgers: Ledgers, p):
    t = latest(ledgers).select(
        "_rid",
        "venue_id",
        "venue_name",
        "county",
        "type_code",
        "address",
        "area_m2",
        "lon",
        "lat",
        "place",
        "street",
    )
    other = t.rename({f"other_{c}": c for c in t.columns if c not in ("county", "place", "street")})
    named = t.filter((t.place != "") & (t.street != "")).join(other, ["county", "place", "street"])
    yield "name", _pair(named.filter(named.other_venue_id > named.venue_id))
    near = _neighbours(t, p.d_m)
    near = near.filter(near.other_venue_id > near.venue_id)
    near = near.filter(near.metres < p.d_m).filter(
        ((near.area_m2 - near.other_area_m2).abs() < p.share * near.area_m2)
        & (ordinal(near.place) == ordinal(near.other_place))
        & ~(same(near.place, near.other_place) & same(near.street, near.other_street))
    )
    yield "near", graded(_pair(near), "suspect", "low")


def ordinal(name: ir.StringValue) -> ir.StringValue:
    """What tells courts of one place apart: numbers, letters and directions in the name."""
    return name.re_replace("[^0-9a-z一二三四五六七八九十东西南北甲乙丙丁]", "")


def _pair(pairs: ir.Table) -> ir.Table:
    return pairs.mutate(
        _rids=ibis.array([pairs._rid, pairs.other__rid]), subject=pairs.venue_id + "|" + pairs.other_venue_id
    )


def _neighbours(t: ir.Table, metres: float) -> ir.Table:
    """Pairs of one county and type in the same or touching cells of a grid as wide as the distance asked for."""
    t = t.filter(t.lon.notnull() & t.lat.notnull() & (t.lon != 0) & (t.lat != 0))
    high, wide = metres / _DEGREE, 2 * metres / _DEGREE
    t = t.mutate(row=(t.lat / high).floor().cast("int64"), column=(t.lon / wide).floor().cast("int64"))
    steps = ibis.array([-1, 0, 1])
    spread = t.mutate(_dr=steps.unnest())
    spread = spread.mutate(_dc=steps.unnest())
    spread = spread.mutate(row=spread.row + spread._dr, column=spread.column + spread._dc).drop("_dr", "_dc")
    other = t.rename(
        {f"other_{c}": c for c in t.columns if c not in ("county", "type_code", "row", "column")}
    )
    pairs = spread.join(other, ["county", "type_code", "row", "column"])
    up, across = (pairs.other_lat - pairs.lat).radians(), (pairs.other_lon - pairs.lon).radians()
    chord = (up / 2).sin() ** 2 + pairs.lat.radians().cos() * pairs.other_lat.radians().cos() * (
        across / 2
    ).sin() ** 2
    return pairs.mutate(metres=(2 * _EARTH * chord.sqrt().asin()).round(1))


@rule("CD-04")
def areas(ledgers: Ledgers, p):
    t = latest(ledgers)
    pieces = ibis.ifelse(t.court_count > 0, t.court_count, 1)  # a place without a count is one
    t = t.mutate(
        low=p.lookup("range_m2", t.type_name)[0] * pieces, high=p.lookup("range_m2", t.type_name)[1] * pieces
    )
    yield "blank", graded(t.filter(t.area_m2.isnull()), "missing", "low")
    yield "nothing", t.filter(t.area_m2 <= 0)
    yield "small", t.filter((t.area_m2 > 0) & under(t.area_m2, t.low))
    yield "large", t.filter(over(t.area_m2, t.high))


@rule("CD-05")
def basis(ledgers: Ledgers, p):
    t = ledgers.region_stat
    t = t.filter(t.is_total.fill_null(False))
    yield "midyear", t.filter(t.stat_date.strftime("%m-%d") != p.standard_day)
    yield "population", t.filter(t.pop_date != t.stat_date)
    yield "source", t.filter(~t.pop_source.isin(p.sources))
    if ledgers.has("report_claim", "claim_key", "period_end"):
        yield "province", _compared(ledgers, p)


def _compared(ledgers: Ledgers, p) -> ir.Table:
    """Claims of one document that set the city's figure beside the province's, as of different days."""
    c = ledgers.report_claim
    ours, theirs = (c.filter(c.claim_key == key) for key in p.claims)
    theirs = theirs.select("doc_title", their_end="period_end", _their="_rid")
    pairs = ours.join(theirs, "doc_title")
    pairs = pairs.filter(pairs.period_end != pairs.their_end)
    return pairs.mutate(
        subject=pairs.claim_id, date=ibis.literal(ledgers.end), _rids=ibis.array([pairs._rid, pairs._their])
    )
