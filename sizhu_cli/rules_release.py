"""`sizhu rules release`: freeze a region's working text as a version that never changes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from sizhu_cli.output import EXIT_CONFIG, EXIT_FAILED, AsJson, fail, print_json

PolicyDir = Annotated[
    Path | None,
    typer.Option(
        "--policy-dir",
        envvar="SIZHU_POLICY_DIR",
        help="Folder of regions that overlays those shipped; the release is written there.",
    ),
]


def release(
    *,
    region: Annotated[str, typer.Option("--region", help="Folder of the policy.")] = "simen",
    note: Annotated[str, typer.Option("--note", help="What changed, for whom, since when.")],
    policy_dir: PolicyDir = None,
    as_json: AsJson = False,
) -> None:
    """Freeze the working text of a region under the version that its region.yaml names.

    Refused where `sizhu rules check` finds a problem. `--json` prints the document of the cloud
    collection `policies`; two persons must approve it before the worker takes it.
    """
    from sizhu_rules import check, freeze
    from sizhu_rules.facts.calendar import SHANGHAI
    from sizhu_rules.policies import shipped

    report = check(region, directory=policy_dir)
    if not report.ok:
        for problem in report.problems:
            typer.echo(f"PROBLEM {problem}", err=True)
        raise fail("Nothing was frozen: mend what is listed above first.", EXIT_FAILED)
    today = datetime.now(SHANGHAI).date()
    try:
        frozen = freeze(region, released_on=today, note=note, directory=policy_dir)
    except ValueError as error:
        raise fail(str(error), EXIT_CONFIG) from None
    root = policy_dir if policy_dir is not None else Path(str(shipped().joinpath("policy")))
    folder = root / region / "releases" / frozen.version
    try:
        frozen.write(folder)
    except OSError as error:
        raise fail(f"The release cannot be written ({error.strerror}).", EXIT_CONFIG) from None
    if as_json:
        print_json(frozen.to_document())
        return
    lines = frozen.replay.count("\n")
    typer.echo(f"{region} {frozen.version} {frozen.digest}")
    typer.echo(f"{len(frozen.files)} files and {lines} decisions frozen in {folder}")
