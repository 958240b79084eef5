"""The command line `sizhu`: thin, one file per group of commands; it wires the rooms together."""
