"""谢家路村 and its neighbours, made up: the village of the case study at one fixed instant.

`build()` makes the same documents in every run, on every system and Python version. All people
are synthetic: citizen IDs lie in the unassigned division 330299, phones are `1000000NNNN`, and
what would identify a person stands in `clear/people.jsonl` only, which no environment loads.

How the numbers of the case study come out, always for `villageId` 330281103203. *Filed in the
period* means: `submittedAt` from `PERIOD_START` (2023-02-01 00:00 in Shanghai) up to and
including `CLOCK`, and `status` neither `draft` nor `withdrawn`.

=====================  =====  ==================================================================
number                 value  counted as
=====================  =====  ==================================================================
persons.total          183    `persons` with `state` `active` whose `certificate.status` is none
                              of `cancelled`, `deceased`, `moved`
persons.onboarded      183    those of them with `onboarding.at` not after `CLOCK`
volunteers.registered  97     `volunteers` with `state` `approved`
employment.placements  2      `cases` of kind `job` with `data.placedAt` in the period, drafts and
                              withdrawn ones left out; 人次, a person placed twice counts twice
device.applications    9      `cases` of kind `device` filed in the period; 人次, not persons
pairing.records        30     `cases` of kind `service` filed in the period, verified or not; not
                              the relations, which are of kind `pairing`
retrofit.households    32     distinct `data.householdId` of the `cases` of kind `retrofit` filed
                              in the period; the applications are more
donation.directed      1      `cases` of kind `donation` filed in the period with `data.directed`
                              `person` or `village`
=====================  =====  ==================================================================

A case belongs to the village in its own `villageId`: that of the person who is helped, not that
of the volunteer.
"""

from synthetic_village.clock import CLOCK, PERIOD_START
from synthetic_village.load import many_cases
from synthetic_village.village import Village, build
from synthetic_village.visitors import Identity, Visitors, visitors

__all__ = [
    "CLOCK",
    "PERIOD_START",
    "Identity",
    "Village",
    "Visitors",
    "build",
    "many_cases",
    "visitors",
]
