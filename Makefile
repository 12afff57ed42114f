# Every target is a task of dev.py. PYTHON chooses the interpreter, ARGS go to the task:
#   make test ARGS="tests/domain -k schedule"
PYTHON ?= python3
ARGS ?=

.PHONY: help run test check demo bench soak mutants coverage bench-report format lock map reference docs picture release locale clean
help run test check demo bench soak mutants coverage bench-report format lock map reference docs picture release locale clean:
	@$(PYTHON) dev.py $@ $(ARGS)
