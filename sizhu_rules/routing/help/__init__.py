"""应急救助: who is asked for help, in which order, and what comes next while nobody answers."""
