# Spotter. `make run` starts it, `make test` tests it; nothing else is needed first.

PORT ?= 8000
export PORT

# Best supported first. Each is tried, because a name on the path need not work.
PYTHONS := python3.13 python3.12 python3.11 python3 python3.14 python
IN_VENV := .venv/bin/python
# A file of tests stays together: they share what takes long to make.
BOTH_CORES := $(IN_VENV) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help run chat test test-all coverage check talks evaluate simulate lint audit pins piper runtime \
  development

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

run: runtime ## start the server on port 8000 (PORT=8123 make run for another)
	@exec $(IN_VENV) server.py

chat: runtime ## hold the same conversation here in the terminal
	@exec $(IN_VENV) -m flows chat

test: development ## run the tests, without those that take longest
	@$(BOTH_CORES) -m "not slow"

test-all: development ## run all tests
	@$(IN_VENV) -m pytest -m alone
	@$(BOTH_CORES) -m "not alone"

coverage: development ## run all tests, and name the lines that none of them runs
	@$(BOTH_CORES) --cov --cov-report=term-missing

check: runtime ## look for mistakes in the conversation
	@$(IN_VENV) -m flows check

talks: runtime ## run the conversation tests, and say what they never visit
	@$(IN_VENV) -m flows test

evaluate: runtime ## judge understanding on messages that no rule was fitted to
	@$(IN_VENV) -m flows evaluate tests/corpus/check.jsonl --misses 0 --min-emergency-caught 0.96 \
	  --min-emergency-present 0.86 --min-urgent-caught 0.975 --max-denied-present 0.033 \
	  --max-harmless-present 0.026 --max-harmless-unsure 0.035

simulate: runtime ## let simulated patients talk to the line: 2,000 known ones and 500 new ones
	@$(IN_VENV) -m flows simulate -n 2000 --seed 1
	@$(IN_VENV) -m flows simulate -n 500

lint: development ## check style and types
	@$(IN_VENV) -m ruff check .
	@$(IN_VENV) -m ruff format --check .
	@$(IN_VENV) -m mypy
	@$(IN_VENV) -m mypy *.py

audit: development ## look for known holes in what is pinned
	@$(IN_VENV) -m tests.audit

pins: development ## choose versions and hashes again from requirements*.in
	@for name in requirements requirements-dev requirements-piper; do \
	  UV_CUSTOM_COMPILE_COMMAND="make pins" $(IN_VENV) -m uv pip compile --quiet --universal \
	    --generate-hashes --no-strip-extras --no-emit-index-url --python-version 3.11 \
	    $$name.in -o $$name.txt || exit 1; \
	done

runtime:
	@$(call installed,requirements.txt)
	@$(call installed,requirements-ears.txt,--no-deps)

piper: runtime ## install Piper, a more natural English voice (GPL-3): SPOTTER_VOICE=piper make run
	@$(call installed,requirements-piper.txt)

development: runtime
	@$(call installed,requirements-dev.txt)

# Installs a requirements file into .venv, with the options given after it, unless a copy kept there says
# that this was done already: a start that needs nothing asks no registry and works offline. An environment
# that was left half made, or whose Python has gone, is made again.
define installed
set -e; \
if ! $(IN_VENV) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
  for python in $(PYTHONS); do \
    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
  done; \
  if [ -z "$$found" ]; then \
    echo "Spotter needs Python 3.11 or newer, and none was found. Get it from https://www.python.org" >&2; exit 1; \
  fi; \
  if ! $$found -c 'import venv, ensurepip' 2>/dev/null; then \
    echo "$$found cannot make an environment here. On Debian or Ubuntu: sudo apt install python3-venv" >&2; exit 1; \
  fi; \
  echo "Making .venv with $$($$found --version)."; \
  $$found -m venv --clear .venv; \
fi; \
if ! cmp -s $(1) .venv/$(1); then \
  echo "Installing $(1); the first time this takes a minute or two."; \
  $(IN_VENV) -m pip install --quiet --disable-pip-version-check --require-hashes $(2) -r $(1) || { \
    echo "The installation did not finish. Check the network, then run make again." >&2; exit 1; }; \
  cp $(1) .venv/$(1); \
fi
endef
