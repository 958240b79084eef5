"""A town with published versions of the law: for the tests of what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud_sync.inspection import doctor
from sizhu_rules import load_policy

if TYPE_CHECKING:
    from cloud_sync.inspection import Finding
    from tests.cloud_sync.conftest import Cloud, Make

Document = dict[str, Any]
NEW = "2030.1"
IN_FORCE = load_policy("simen").version
ROW = f"pol:simen:{NEW}"


def town(make: Make) -> dict[str, list[Document]]:
    """Residents of 60, one case in every state that matters, and cases of other kinds."""
    village = make.village()
    states = (
        "submitted", "village_ok", "town_ok", "returned", "approved", "delivered", "closed",
        "rejected", "withdrawn",
    )  # fmt: skip
    village["persons"] = [make.person(f"p-{state}", "1961-01-01", "h-none") for state in states]
    village["persons"].append(make.person("p-there", "1960-01-01", villageId=make.there))
    village["cases"] = [
        *(make.device(f"dev-{state}", f"p-{state}", status=state) for state in states),
        *(case for case in village["cases"] if case["_id"] in {"don-person", "int-1", "svc-1"}),
    ]
    users = {case.get("createdBy") for case in village["cases"]}
    village["users"] = [
        {"_id": user, "openid": f"openid-{user}"} for user in sorted(map(str, users))
    ]
    return village


def laws(cloud: Cloud) -> dict[str, str]:
    """Under which version each case now stands decided."""
    found = cloud.dump()
    return {
        id_: found["decisions"][f"dec:{id_}:{case['rev']}"]["decision"]["policy"]["version"]
        for id_, case in found["cases"].items()
        if case["sync"] == "done"
    }


def diagnosed(cloud: Cloud) -> list[Finding]:
    """What the doctor says of published versions."""
    with cloud.client() as client:
        found = doctor(client, settings=cloud.settings, clock=cloud.clock).findings
    return [finding for finding in found if finding.subject == "published"]
