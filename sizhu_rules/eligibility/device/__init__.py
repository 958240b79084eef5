"""辅具器材: whether a device is granted and which share of its price is the person's own."""
