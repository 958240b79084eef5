# Every target is a command of dev.py, which also works where make does not: python dev.py test
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help demo demo-web test test-fast lint bench-rules bench-sync mutation lock

help:
	@$(PYTHON) dev.py --help

demo demo-web test test-fast lint bench-rules bench-sync mutation lock:
	@$(PYTHON) dev.py $@
