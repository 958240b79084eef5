"""就业支持: a person who seeks work is listed, whatever the age; and what the law says of it."""
