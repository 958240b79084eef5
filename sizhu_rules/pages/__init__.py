"""A static site in Chinese that says what the rules of a region are, to whoever lives under them.

`site(policy, files)` returns file name → text: an index and one page per rule. No script, no
request to anywhere: it opens from a folder. Everything on a page comes from the sheets, the
region's numbers and readings, and the rule's words; its examples are decided while it is written.
"""

from __future__ import annotations

from sizhu_rules.pages.site import site

__all__ = ["site"]
