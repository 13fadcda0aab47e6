# Two commands: `make demo` shows the main job, `make test` runs every test. Both create .venv when it is missing.
# Needs Linux, make and Python 3.11 or newer; no GPU.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SHIM := import sarbench.lmms.torchvision_shim as shim; shim.install()

.PHONY: demo test quick lint clean

demo: $(INSTALLED)
	@$(BIN)/sarbench demo --out demo

test: lint
	$(BIN)/python -m pytest -n auto

quick: lint
	$(BIN)/python -m pytest -n auto -m "not slow and not e2e and not browser"

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) demo

# torch first: with it in place, no later requirement replaces a CPU build by a CUDA build. The .pth line lets lmms-eval
# import the usual torchvision wheel beside a CPU build of torch (sarbench/lmms/torchvision_shim.py); it does nothing
# where both come with CUDA.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "sarbench needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[eval,test]"
	echo '$(SHIM)' > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/zz_sarbench_shim.pth"
	touch $@
