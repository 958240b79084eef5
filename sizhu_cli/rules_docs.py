"""`sizhu rules docs`: a page per rule, in Chinese, that a resident can read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sizhu_cli.output import write_files
from sizhu_cli.rules_release import PolicyDir


def docs(
    *,
    out: Annotated[Path, typer.Option("--out", help="Folder of the pages; made where missing.")],
    region: Annotated[
        str,
        typer.Option("--region", help="simen (the law in force), simen@2026.11, simen@working."),
    ] = "simen",
    policy_dir: PolicyDir = None,
) -> None:
    """Write a static site: each rule with its text, sources, readings, numbers and examples.

    It opens from the folder: no server, no script, no request to anywhere.
    """
    from sizhu_rules import load_policy
    from sizhu_rules.pages import site
    from sizhu_rules.policies import releases, source_of

    policy = load_policy(region, directory=policy_dir)
    frozen = releases(policy.region, directory=policy_dir)
    pages = site(policy, source_of(region, directory=policy_dir), frozen)
    write_files(out, pages)
