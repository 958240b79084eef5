"""The device rule of Simen written by hand in Polars: the same answers, for comparison.

As somebody would who knows Polars well and the rule by heart: lazy, streaming, no Python function
per row, dates as integer keys. It knows one policy only, and can explain nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from polars import col, lit, when

if TYPE_CHECKING:
    from pathlib import Path

BENEFITS = ["dibao", "dibian", "tekun"]


def decide(source: Path, target: Path, codec: str, level: int) -> None:
    """Decide a register, Parquet to Parquet."""
    frame = pl.scan_parquet(source).with_columns(keys()).with_columns(fields())
    frame = frame.with_columns(sheets()).with_columns(joined()).select(output())
    frame.sink_parquet(target, compression=codec, compression_level=level)


def keys() -> list[pl.Expr]:
    """Month and day of each date as one number."""
    return [
        (col(name).dt.month().cast(pl.Int16) * 32 + col(name).dt.day()).alias(key)
        for name, key in (("birth_date", "born"), ("submitted_on", "today"))
    ]


def fields() -> list[pl.Expr]:
    """What the sheets look at."""
    day = col("submitted_on")
    years = day.dt.year() - col("birth_date").dt.year()
    age = when(years == 0).then(0).otherwise(years - (col("today") <= col("born")).cast(pl.Int32))
    bad = (day < col("birth_date")) | (age > 130)
    ends, word = col("household.valid_to"), col("household.valid_to.word")
    allowed, category = col("device.allowed_categories"), col("certificate.category")
    parts = col("certificate.components")
    common = allowed.list.set_intersection(when(category == 7).then(parts)).list.len() > 0
    fits = (
        when(allowed.is_null())
        .then(None)
        .when(allowed.list.len() == 7)
        .then(statement=True)
        .when(category != 7)
        .then(allowed.list.contains(category))
        .when(allowed.list.contains(7) & category.is_not_null())
        .then(statement=True)
        .when(parts.list.len() > 0)
        .then(common)
    )
    status = col("certificate.status")
    expired = col("certificate.valid_to") < day
    state = when(status == "valid").then(
        when(expired).then(lit("expired")).when(~expired).then(lit("valid"))
    )
    delivered, life = col("last_delivered_on"), col("device.life_years")
    over = (delivered.dt.year() + life) * 512 + delivered.dt.month().cast(pl.Int16) * 32
    leap_eve = (col("today") == 92) & ~day.dt.is_leap_year()
    now = day.dt.year() * 512 + when(leap_eve).then(93).otherwise(col("today"))
    in_life = (
        when((col("device.life_years.word") == "none") | (col("last_delivered_on.word") == "never"))
        .then(statement=False)
        .otherwise(now < over + delivered.dt.day())
    )
    cap, price = col("device.cap_fen"), col("price_fen")
    over_cap = (
        when((col("device.cap_fen.word") == "none") | (price <= cap))
        .then(statement=False)
        .otherwise(price > cap * col("device.qty"))
    )
    return [
        age.alias("age"),
        bad.alias("bad"),
        when(word == "open_ended").then(statement=False).otherwise(ends < day).alias("lapsed"),
        fits.alias("fits"),
        when(status != "valid").then(status).otherwise(state).alias("state"),
        in_life.alias("in_life"),
        over_cap.alias("over_cap"),
    ]


def sheets() -> list[pl.Expr]:
    """The share, what is wrong, and what is open."""
    age, status, lapsed = col("age"), col("household.status"), col("lapsed")
    bad = col("bad").fill_null(value=False)
    benefit = status.is_in(BENEFITS)
    free = benefit & ~lapsed
    plain = age.is_not_null() & ~bad
    share = (
        when(plain & (age < 60))
        .then(lit("0"))
        .when(free)
        .then(lit("0"))
        .when(plain & (age > 60) & (status == "none"))
        .then(lit("1/2"))
    )
    other = status.is_in(["zhichu", "pending"]) | (benefit & lapsed)
    at_sixty = (plain & (age == 60)) | bad
    review = (at_sixty & (other | (status == "none") | (status.is_null() & lapsed))) | (
        plain & (age > 60) & other
    )
    because = (
        when(free & (status == "dibao"))
        .then(lit("DIBAO FREE"))
        .when(free & (status == "dibian"))
        .then(lit("DIBIAN FREE"))
        .when(free)
        .then(lit("EXT_TEKUN FREE"))
        .when(status == "pending")
        .then(lit("STATUS_PENDING"))
        .when((status == "none") & (age == 60))
        .then(lit("NOT_DIBAO_DIBIAN"))
        .when(status == "none")
        .then(lit("NOT_DIBAO_DIBIAN HALF"))
        .when(benefit & lapsed & (age == 60))
        .then(lit("STATUS_EXPIRED"))
        .when(benefit & lapsed)
        .then(lit("STATUS_EXPIRED HOLD"))
    )
    state = col("state")
    problem = (
        ~col("fits")
        | (state != "valid")
        | col("in_life")
        | col("open_same_class")
        | col("over_cap")
    )
    open_ = (
        col("fits").is_null()
        | state.is_null()
        | col("in_life").is_null()
        | col("open_same_class").is_null()
        | col("over_cap").is_null()
    )
    return [
        share.alias("share"),
        review.fill_null(value=False).alias("review"),
        when(bad)
        .then(when(free).then(lit("FREE")).when(review).then(lit("BIRTH_DATE_IMPLAUSIBLE")))
        .when(age < 60)
        .then(lit("AGE_BELOW_60 FREE"))
        .when((age == 60) & (status == "zhichu"))
        .then(lit("BOUNDARY_60 ZHICHU AGE_60_PLUS"))
        .when(age == 60)
        .then(lit("BOUNDARY_60 AGE_60_PLUS"))
        .when((age > 60) & (status == "zhichu"))
        .then(lit("ZHICHU AGE_60_PLUS"))
        .when(age > 60)
        .then(lit("AGE_60_PLUS"))
        .when(free)
        .then(lit("FREE"))
        .alias("who"),
        when(plain & (age >= 60)).then(because).alias("because"),
        problem.fill_null(value=False).alias("problem"),
        open_.alias("open"),
    ]


def joined() -> list[pl.Expr]:
    """The verdict and the money."""
    share, price, over = col("share"), col("price_fen"), col("over_cap")
    limit = col("device.cap_fen") * col("device.qty")
    base = when(over).then(pl.min_horizontal(price, limit)).otherwise(price)
    own = when(share == "1/2").then(base // 2).when(share == "0").then(0)
    verdict = (
        when(col("review") | col("problem"))
        .then(lit("needs_review"))
        .when(col("open") | share.is_null())
        .then(lit("needs_facts"))
        .otherwise(lit("eligible"))
    )
    on_hold = col("lapsed") & (
        col("household.status").is_in(BENEFITS) | col("household.status").is_null()
    )
    named = col("review") & share.is_null() & ~on_hold.fill_null(value=False)
    amount = (
        when(share.is_not_null() & price.is_null())
        .then(lit("PRICE_UNKNOWN"))
        .when((share.is_not_null() | named) & price.is_not_null() & over.is_null())
        .then(lit("CAP_UNKNOWN"))
    )
    return [
        verdict.alias("verdict"),
        (own + price - base).alias("personal_fen"),
        (base - own).alias("subsidy_fen"),
        amount.alias("amount"),
    ]


def output() -> list[pl.Expr]:
    """The columns that are written."""
    state = col("state")
    codes = pl.concat_str(
        [
            col("who"),
            col("because"),
            when(~col("fits")).then(lit("CATEGORY_MISMATCH")),
            when(state == "expired")
            .then(lit("CERT_EXPIRED"))
            .when(state == "lost")
            .then(lit("CERT_LOST"))
            .when(state == "cancelled")
            .then(lit("CERT_CANCELLED"))
            .when(state == "deceased")
            .then(lit("CERT_DECEASED"))
            .when(state == "moved")
            .then(lit("CERT_MOVED")),
            when(col("in_life")).then(lit("IN_SERVICE_LIFE")),
            when(col("open_same_class")).then(lit("OPEN_DUPLICATE")),
            when(col("over_cap")).then(lit("OVER_CAP")),
            col("amount"),
        ],
        separator=" ",
        ignore_nulls=True,
    )
    dated = col("submitted_on").is_not_null()  # else nobody knows whose law applies
    adverse = (col("verdict") == "eligible") & (col("share") == "1/2") & dated
    return [
        col("id").alias("row_id"),
        when(dated).then(col("verdict")).otherwise(lit("needs_facts")).alias("verdict"),
        *(when(dated).then(col(name)) for name in ("share", "personal_fen", "subsidy_fen")),
        when(dated).then(codes).otherwise(lit("")).alias("codes"),
        adverse.fill_null(value=False).alias("adverse"),
    ]
