"""What volunteers post for the village to read (信息发布); no rule reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from synthetic_village.cases.envelope import Filer, Filing, file_case
from synthetic_village.clock import moment

if TYPE_CHECKING:
    from synthetic_village.office import Office
    from synthetic_village.register import Register
    from synthetic_village.volunteers import Volunteer

_POSTS: Final = (
    ("本周六上午在村文化礼堂义务理发", moment("2023-04-20", "19:00")),
    ("榨菜包装厂招辅助工,工位可坐,离村口三百米", moment("2023-06-21", "12:30")),
)


def file_posts(register: Register, office: Office, author: Volunteer) -> None:
    """Write down two posts that the village has let through."""
    for text, at in _POSTS:
        filing = Filing(
            "post",
            author.village_id,
            Filer(author.user_id),
            {"text": text},
            at,
            ("submitted", "accepted"),
            volunteer_id=author.id,
        )
        register.remember("post", file_case(register, office, filing)["_id"])
