PYTHON ?= python3
VENV := .venv
PERIOD ?= 2021

$(VENV)/base: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --require-hashes -r requirements.lock
	$(VENV)/bin/pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

.PHONY: audit test lab sample lock torture
audit: $(VENV)/base
	$(VENV)/bin/mingjing run --data data/sample --period $(PERIOD)

test: $(VENV)/base
	$(VENV)/bin/python -m pytest -n auto

# The other engine, about 400 MB; it also needs Java 17.
.PHONY: spark
spark: $(VENV)/base
	$(VENV)/bin/pip install --quiet --require-hashes -r requirements-spark.lock

lab: $(VENV)/base
	$(VENV)/bin/mingjing lab

# After a change to lib/mingjing/sample: the folder in the repository is what the seed gives, byte by byte.
sample: $(VENV)/base
	$(VENV)/bin/mingjing sample --out data/sample --seed 1

# After a change to the dependencies in pyproject.toml; needs uv. Versions already locked stay.
lock:
	uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --no-emit-index-url --no-emit-find-links -o requirements.lock
	uv pip compile pyproject.toml --extra spark --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --no-emit-index-url --no-emit-find-links -c requirements.lock -o requirements-spark.lock

# Runs killed at 200 random moments; what stands must stay whole. The numbers are in docs/trust.md.
torture: $(VENV)/base
	$(VENV)/bin/python tests/runs/torture.py

# Measured within one run on this machine, some 25 minutes with nothing else on it; each script says what it compares and takes
# other sizes. The last lines of each: target | measured | wanted | met or missed. EXPECTATIONS: an interpreter that has
# great-expectations and pyarrow. ROWS="1000000 10000000 100000000": rules on as many rows, an hour and 60 GB of disk more;
# KEEP: a folder where their ledgers stay. Not here: false_alarms.py measures how often rules are wrong, not how fast they
# are; the others are parts of these.
.PHONY: bench
bench: $(VENV)/base
	$(VENV)/bin/python benchmarks/runs.py
	$(VENV)/bin/python benchmarks/intake.py
	$(VENV)/bin/python benchmarks/report.py
	$(VENV)/bin/python benchmarks/stats_large.py
	$(VENV)/bin/python benchmarks/rules.py --rows 20000 100000 --repeats 1 --rules RX-03 RX-04 JF-06
	$(VENV)/bin/python benchmarks/rules.py --memory 400MB --texts 100000 $(if $(ROWS),--rows $(ROWS) --repeats 1) \
		$(if $(KEEP),--keep $(KEEP)) $(if $(EXPECTATIONS),--expectations $(EXPECTATIONS))
	$(VENV)/bin/python benchmarks/spark.py
