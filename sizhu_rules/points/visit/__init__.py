"""结对帮扶积分: the points of one verified visit."""
