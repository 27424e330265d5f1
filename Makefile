# Bianmin Kiosk. `make help` lists the targets.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STATE := .state
OUT ?= demo-out

.DEFAULT_GOAL := help
.PHONY: help demo test test-faults walks fuzz lint format bench screens matrix lock clean goosebit image image-rpi image-tools image-tools-rpi image-run bench-image test-image test-image-changed test-image-rpi test-power

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(STATE)/demo ## One resident's application, end to end; leaves pictures in demo-out/ when there is no display
	@$(BIN)/kiosk demo --out $(OUT)

test: $(STATE)/test ## Every test, in parallel
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow and not image" $(ARGS)

test-faults: $(STATE)/test $(STATE)/goosebit ## The long fault tests: kills, full disks, cut lines, an update server of others
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "slow and not image" $(ARGS)

walks: $(STATE)/test ## Random events through the flow in one run, every invariant checked after each: EVENTS of them (1,000,000), SEED for another walk
	@EVENTS=$(or $(EVENTS),1000000) SEED=$(or $(SEED),20261130) $(BIN)/python -m pytest -q -m slow tests/kiosk/flow/test_random_walks.py $(ARGS)

fuzz: $(STATE)/test ## Fuzz every parser of devices with atheris: RUNS executions each (1,000,000), TARGETS or all
	@$(BIN)/python -c 'import atheris' 2>/dev/null || $(BIN)/python -m pip install -q --disable-pip-version-check 'atheris>=3'
	@$(BIN)/python -m tests.fuzz --runs $(or $(RUNS),1000000) $(TARGETS)

lint: $(STATE)/test ## ruff with all rules, mypy strict, the import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: $(STATE)/test ## Bring the code into shape
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: $(STATE)/test ## Measure; prints ratios
	@$(BIN)/python -m benchmarks

screens: $(STATE)/demo ## Every screen in every form, theme and size, one contact sheet per language, in build/screens/ (ARGS to choose)
	@$(BIN)/python -m kiosk.screens.contact_sheet --out build/screens $(ARGS)

matrix: $(STATE)/test ## Does everything fit? Every page in all 51 ways of setting it, a process for each; twenty minutes of one core
	@$(BIN)/python -m pytest -q --collect-only -m slow tests/kiosk/screens/test_matrix.py | grep :: \
	  | xargs -d '\n' -n 1 -P $$(nproc) $(BIN)/python -m pytest -q -m slow $(ARGS)

image-tools: $(STATE)/image ## Install what the image is built and tried with

image: $(STATE)/image ## The x86-64 terminal's disk and update bundle, in build/image/; as root. QUICK=1 compresses less
	@$(BIN)/python image-build $(if $(QUICK),--quick) $(ARGS)

image-tools-rpi: $(STATE)/image-rpi ## Install what the Raspberry Pi's image is built and tried with

image-rpi: $(STATE)/image-rpi ## The Raspberry Pi's card and update bundle, in build/image-rpi/; as root, half an hour under emulation. QUICK=1 too
	@$(BIN)/python image-build --board rpi $(if $(QUICK),--quick) $(ARGS)

image-run: $(STATE)/image ## Start the image in QEMU with virtual hardware around it: a window, or VNC on this machine alone
	@$(BIN)/python image-build run $(ARGS)

bench-image: $(STATE)/image ## Measure the booted image: time to the screen against its bare root, memory, writes, sizes; as root
	@$(BIN)/python image-build bench $(ARGS)

test-image: $(STATE)/image ## Boot the image under emulation and walk a visit in it; as root, half an hour or more
	@$(BIN)/python -m pytest -m image tests/image --cuts=$(or $(CUTS),20) $(ARGS)

test-image-changed: $(STATE)/test ## As CI does: boot the image, walk a visit and pull the plug 20 times, if what it is made of has changed and this machine can
	@$(BIN)/python image-build boot-if-changed

test-image-rpi: $(STATE)/image-rpi ## The Raspberry Pi's card, made by make image-rpi, on QEMU's boards: loader, start, a visit; as root, a quarter of an hour
	@$(BIN)/python -m pytest -m image tests/image/test_rpi_*.py $(ARGS)

test-power: $(STATE)/image ## Pull the plug of the booted image 200 times (CUTS=...), unflushed writes lost
	@$(BIN)/python -m pytest -m image tests/image/test_power_cuts.py --cuts=$(or $(CUTS),200) $(ARGS)

lock: ## Pin every dependency anew, with hashes (needs uv)
	uv pip compile pyproject.toml --extra city --extra demo --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements/demo.txt
	uv pip compile pyproject.toml --extra city --extra demo --extra ocr --extra hsm --extra dev --universal --python-version 3.11 --generate-hashes --no-header -q -c requirements/demo.txt -o requirements/dev.txt
	echo 'goosebit<0.3' | uv pip compile - --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements/goosebit.txt
	uv pip compile pyproject.toml --universal --python-version 3.13 --generate-hashes --no-header -q -c requirements/demo.txt -o requirements/terminal.txt

clean: ## Remove what set-up and runs made
	rm -rf $(VENV) $(STATE) node_modules assets/fonts build demo-out

# Set-up: Debian packages, fonts and icons, Python packages. Each step runs again only when its list changed.
$(STATE)/demo: debian-packages.txt package-lock.json requirements/demo.txt pyproject.toml set-up.sh
	@./set-up.sh demo
	@mkdir -p $(STATE) && touch $@

$(STATE)/test: debian-packages.txt package-lock.json requirements/dev.txt pyproject.toml set-up.sh
	@./set-up.sh test
	@mkdir -p $(STATE) && touch $@

# gooseBit, an independent server of hawkBit's protocol, lives apart: it brings sixty packages that nothing else here wants.
goosebit: $(STATE)/goosebit

$(STATE)/goosebit: requirements/goosebit.txt
	@[ -x $(STATE)/goosebit-venv/bin/python ] || $(PYTHON) -m venv $(STATE)/goosebit-venv
	@$(STATE)/goosebit-venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

# The image's tools are tiers of their own: only who builds or tries an image installs them.
define install_tools
list=$$(cat $(1) | grep -vE '^(#|$$)'); missing=$$(for package in $$list; do \
  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' || echo $$package; done); \
if [ -n "$$missing" ]; then as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; $$as_root apt-get update -qq && \
  DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
endef

$(STATE)/image: $(STATE)/test image-build/tools.txt
	@$(call install_tools,image-build/tools.txt)
	@mkdir -p $(STATE) && touch $@

$(STATE)/image-rpi: $(STATE)/image image-build/boards/rpi/tools.txt
	@$(call install_tools,image-build/boards/rpi/tools.txt)
	@touch $@
