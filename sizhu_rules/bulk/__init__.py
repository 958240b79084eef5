"""Whole registers: Parquet or CSV in, Parquet out, streaming. Needs the extra `sizhu[bulk]`."""

from __future__ import annotations

from sizhu_rules.bulk.naming import named_policy, overlaid
from sizhu_rules.bulk.preview import Preview, cost_text, preview
from sizhu_rules.bulk.running import FileCount, Summary, bulk

__all__ = [
    "FileCount",
    "Preview",
    "Summary",
    "bulk",
    "cost_text",
    "named_policy",
    "overlaid",
    "preview",
]
