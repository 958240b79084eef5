"""岗位匹配: one seeker beside one job: hard filters and an explained score; a person decides."""
