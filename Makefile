# Two commands: `make demo` shows the main job, `make test` runs every test. Both create .venv when it is missing.
# Needs Linux, make and Python 3.11 or newer; no GPU.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# The versions of `datasets` that load_dataset is tested on beside the newest one, which $(VENV) has.
OLDER := 3.6.0 4.8.5
SHIM := import sarbench.lmms.torchvision_shim as shim; shim.install()

.PHONY: demo test matrix quick lint clean

demo: $(INSTALLED)
	@$(BIN)/sarbench demo --out demo

test: lint
	$(BIN)/python -m pytest -n auto
	$(MAKE) matrix

matrix: $(OLDER:%=.venv-datasets-%/.installed)
	for version in $(OLDER); do .venv-datasets-$$version/bin/python -m pytest -n auto tests/hub tests/evaluate_modules || exit 1; done

quick: lint
	$(BIN)/python -m pytest -n auto -m "not slow and not e2e and not browser"

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) .venv-datasets-* demo

# torch first: with it in place, no later requirement replaces a CPU build by a CUDA build. The .pth line lets lmms-eval
# import the usual torchvision wheel beside a CPU build of torch (sarbench/lmms/torchvision_shim.py); it does nothing
# where both come with CUDA.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "sarbench needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[eval,ray,test]"
	echo '$(SHIM)' > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/zz_sarbench_shim.pth"
	touch $@

# Small environments, kept between runs: the core, pytest, and `datasets` with the requirements of its time.
.venv-datasets-%/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(@D)
	grep -viE '^(datasets|dill|fsspec|huggingface_hub|multiprocess)==' constraints.txt > $(@D)/constraints.txt
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --constraint $(@D)/constraints.txt \
	    datasets==$* evaluate hypothesis pytest pytest-xdist --editable .
	touch $@
