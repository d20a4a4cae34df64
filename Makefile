# The commands of this checkout. On first use they install what they need into the ignored folder .build.
STACK ?= dev
ARGS ?=
WORKERS ?= 3
KILLS ?= 60

.DEFAULT_GOAL := help
.PHONY: help setup setup-preview up preview refresh outputs status trace upgrade rollback replace drill rpc down sweep shell \
	test check soak imitation durations lint bench lock docs clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "STACK=name selects the stack (now: $(STACK)), ARGS=... is passed to pulumi or pytest."
	@echo "WORKERS=... is the number of parallel tests (now: $(WORKERS))."
	@echo "POLICY=1 makes up and preview enforce the policies in policy/."

setup: ## Install or build what is missing
	@toolchain/setup $(FOR)

setup-preview: ## The same without the nodes, for previews of stacks that download their node archives
	@SETUP=preview toolchain/setup

# What the stack's settings do not need is not built.
up preview refresh outputs status trace upgrade rollback replace drill rpc down shell: FOR = $(STACK)

up: setup ## Apply the settings of the stack, and repair what is broken
	@toolchain/stack up $(STACK) $(ARGS)

preview: setup ## Show what up would do; change nothing
	@toolchain/stack preview $(STACK) $(ARGS)

refresh: setup ## Read hosts, nodes and chains into the stack's state, and report drift
	@toolchain/stack refresh $(STACK) $(ARGS)

outputs: setup ## Show the stack's outputs
	@toolchain/stack outputs $(STACK) $(ARGS)

status: setup ## Show whether the bridge works now; ARGS=--json for programs, ARGS=--watch to keep looking
	@toolchain/stack status $(STACK) $(ARGS)

trace: setup ## Show where one transfer is, TX=0x… of its request
	@toolchain/stack trace $(STACK) "$(TX)" $(ARGS)

upgrade: setup ## Apply other node packages while all nodes are healthy, and show the versions that run
	@toolchain/stack upgrade $(STACK) $(ARGS)

rollback: setup ## Go back to the node packages of the last up after which all nodes were healthy
	@toolchain/stack rollback $(STACK) $(ARGS)

replace: setup ## Rebuild one machine, MACHINE=scn-1, once all others are healthy
	@toolchain/stack replace $(STACK) "$(MACHINE)" $(ARGS)

drill: setup ## Kill the EN of each pair, one at a time, and check that transfers continue (local stacks only)
	@toolchain/stack drill $(STACK)

rpc: setup ## Open a tunnel to the HTTP RPC of a node, NODE=scn-1, and print its URL
	@RPC_PORT=$(RPC_PORT) LOCAL_PORT=$(LOCAL_PORT) toolchain/stack rpc $(STACK) "$(NODE)"

down: setup ## Destroy everything in the stack, then the stack
	@toolchain/stack down $(STACK) $(ARGS)

sweep: setup ## List the local networks of this machine, and remove those whose checkout or state is gone
	@toolchain/run python -m toolchain.ops.networks $(NETWORK)

shell: setup ## Open a shell with plain pulumi for the stack
	@toolchain/stack shell $(STACK) || true

test: setup ## Run lint and all tests
	@toolchain/run pytest -n $(WORKERS) $(ARGS)

check: setup ## Run lint, and the tests that need no engine and no node
	@toolchain/run pytest -n $(WORKERS) tests/lint tests/unit tests/program $(ARGS)

soak: setup ## Kill runs of a stack at random moments, KILLS=60 times
	@KILLS=$(KILLS) toolchain/run pytest -n $(WORKERS) tests/network/test_kills_*.py $(ARGS)

imitation: setup ## Test the imitation of AWS, and record that it was tested
	@IMITATION=1 toolchain/run pytest -n $(WORKERS) tests/aws tests/engine/test_aws_plugin.py $(ARGS)
	@toolchain/run python -m tests.aws.tested

durations: setup ## Run all tests, and record how long each scope takes
	@toolchain/run pytest -n $(WORKERS) --write-durations

lint: setup ## Run the static checks
	@toolchain/lint

bench: setup ## Measure the duration of up, the on-chain phase and preview
	@toolchain/run python -m tests.bench $(ARGS)

lock: setup ## Update and pin all Python packages from the .in files
	@toolchain/lock

docs: setup ## Write the references of settings and errors and the JSON schemas, from the source
	@toolchain/run python -m toolchain.docs.settings_reference
	@toolchain/run python -m toolchain.docs.errors_reference
	@toolchain/run python -m toolchain.docs.settings_schema
	@toolchain/run python -m toolchain.docs.status_schema

clean: ## Delete what setup built; stacks and their secrets in .state stay
	@rm -rf .build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
