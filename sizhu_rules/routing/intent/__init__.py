"""帮扶意向: an offer of help goes to the town."""
