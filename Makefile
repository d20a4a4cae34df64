# The commands of this checkout. What they need is installed into the ignored folder .build on first use.
STACK ?= dev
ARGS ?=
WORKERS ?= 3
KILLS ?= 60

.DEFAULT_GOAL := help
.PHONY: help setup setup-preview up preview refresh outputs replace drill rpc down sweep shell test check soak durations \
	lint bench lock docs clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "STACK=name chooses the stack (now: $(STACK)), ARGS=... is handed on to pulumi or pytest."
	@echo "WORKERS=... is how many tests run side by side (now: $(WORKERS))."
	@echo "POLICY=1 has up and preview keep to the policies in policy/."

setup: ## Install or build what is missing, and nothing else
	@toolchain/setup $(FOR)

setup-preview: ## The same without the nodes, which a preview does without where archives are given by url
	@SETUP=preview toolchain/setup

# What the stack's settings make superfluous is not built.
up preview refresh outputs replace drill rpc down shell: FOR = $(STACK)

up: setup ## Bring the stack to what is declared
	@toolchain/stack up $(STACK) $(ARGS)

preview: setup ## Show what up would do, and touch nothing
	@toolchain/stack preview $(STACK) $(ARGS)

refresh: setup ## Read what is really there into the stack's state
	@toolchain/stack refresh $(STACK) $(ARGS)

outputs: setup ## Show the stack's outputs
	@toolchain/stack outputs $(STACK) $(ARGS)

replace: setup ## Make one machine anew, MACHINE=scn-1, once all the others are well
	@toolchain/stack replace $(STACK) "$(MACHINE)" $(ARGS)

drill: setup ## Kill the EN of each pair in turn, and see that transfers go on (local stacks only)
	@toolchain/stack drill $(STACK)

rpc: setup ## Open a tunnel to the HTTP RPC of a node, NODE=scn-1, and print its URL
	@RPC_PORT=$(RPC_PORT) LOCAL_PORT=$(LOCAL_PORT) toolchain/stack rpc $(STACK) "$(NODE)"

down: setup ## Destroy all that the stack holds, then the stack
	@toolchain/stack down $(STACK) $(ARGS)

sweep: setup ## List the local networks of this machine, and remove those whose checkout is gone
	@toolchain/run python -m toolchain.ops.networks $(NETWORK)

shell: setup ## Open a shell in which plain pulumi works on the stack
	@toolchain/stack shell $(STACK) || true

test: setup ## Run all checks and all tests
	@toolchain/run pytest -n $(WORKERS) $(ARGS)

check: setup ## Run the checks and the tests that need no engine and no node
	@toolchain/run pytest -n $(WORKERS) tests/lint tests/unit tests/program $(ARGS)

soak: setup ## Kill runs of a stack again and again, KILLS=60 of them
	@KILLS=$(KILLS) toolchain/run pytest -n $(WORKERS) tests/network/test_kills_*.py $(ARGS)

durations: setup ## Run all tests, and write down how long each scope takes
	@toolchain/run pytest -n $(WORKERS) --write-durations

lint: setup ## Run the checks that need no running node
	@toolchain/lint

bench: setup ## Measure up, the on-chain phase and preview
	@toolchain/run python -m tests.bench $(ARGS)

lock: setup ## Pin all Python packages anew, from the .in files
	@toolchain/lock

docs: setup ## Write the settings reference anew, from the models
	@toolchain/run python -m toolchain.docs.settings_reference

clean: ## Remove what setup made; stacks and their secrets in .state stay
	@rm -rf .build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
