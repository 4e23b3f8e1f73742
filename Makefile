PYTHON ?= python3
VENV := .venv

$(VENV)/base: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --require-hashes -r requirements.lock
	$(VENV)/bin/pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

.PHONY: test lab
test: $(VENV)/base
	$(VENV)/bin/python -m pytest

lab: $(VENV)/base
	$(VENV)/bin/jupyter lab notebooks
