# The commands of this checkout. On first use they install what they need into the ignored folder .build.
STACK ?= dev
ARGS ?=
WORKERS ?= 6
KILLS ?= 60
MINUTES ?= 10
SEED ?=

.DEFAULT_GOAL := help
.PHONY: help setup setup-preview up preview refresh outputs status trace monitoring upgrade rollback replace drill soak rpc public rekey move down sweep \
	shell test nightly check soak-kills imitation durations lint bench lock docs clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "STACK=name selects the stack (now: $(STACK)), ARGS=... is passed to pulumi or pytest."
	@echo "WORKERS=... is the number of parallel tests (now: $(WORKERS))."
	@echo "POLICY=1 makes preview, up, upgrade and rollback enforce the policies in policy/."

setup: ## Install or build what is missing
	@SETUP=$(SETUP) toolchain/setup $(FOR)

setup-preview: ## The same without the nodes, for previews of stacks that download their node archives
	@SETUP=preview toolchain/setup

# What the stack's settings do not need is not built.
up preview refresh outputs status trace monitoring upgrade rollback replace drill soak rpc public rekey move down shell: FOR = $(STACK)
# A browser that only tests need is installed for tests.
test nightly check durations: SETUP = tests

up: setup ## Apply the settings of the stack, and repair nodes that are down
	@toolchain/stack up "$(STACK)" $(ARGS)

preview: setup ## Show what up would do; change nothing. SEEDLESS=file|new needs no secret: see public
	@toolchain/stack preview "$(STACK)" $(ARGS)

refresh: setup ## Read hosts, nodes and chains into the stack's state, and report drift
	@toolchain/stack refresh "$(STACK)" $(ARGS)

outputs: setup ## Show the stack's outputs
	@toolchain/stack outputs "$(STACK)" $(ARGS)

status: setup ## Show whether the bridge works now; ARGS=--json for programs, ARGS=--watch to keep looking
	@toolchain/stack status "$(STACK)" $(ARGS)

trace: setup ## Show where one transfer is, TX=0x… of its request
	@toolchain/stack trace "$(STACK)" "$(TX)" $(ARGS)

monitoring: setup ## Write rules, scrape configuration and dashboards for a Prometheus of your own, OUT=folder
	@toolchain/stack monitoring "$(STACK)" "$(OUT)"

upgrade: setup ## Apply other node packages while all nodes are healthy, and show the versions that run
	@toolchain/stack upgrade "$(STACK)" $(ARGS)

rollback: setup ## Go back to the node packages of the last up after which all nodes were healthy
	@toolchain/stack rollback "$(STACK)" $(ARGS)

replace: setup ## Rebuild one machine, MACHINE=scn-1, once all others are healthy
	@toolchain/stack replace "$(STACK)" "$(MACHINE)" $(ARGS)

drill: setup ## Make faults, one at a time, and check that transfers continue; ARGS='--fault scn --pair alpha'
	@toolchain/stack drill "$(STACK)" $(ARGS)

soak: setup ## Make random faults for MINUTES=10 under steady traffic; SEED=... repeats them
	@toolchain/stack soak "$(STACK)" --minutes $(MINUTES) $(if $(SEED),--seed $(SEED)) $(ARGS)

rpc: setup ## Open a tunnel to the HTTP RPC of a node, NODE=scn-1, and print its URL
	@RPC_PORT=$(RPC_PORT) LOCAL_PORT=$(LOCAL_PORT) toolchain/stack rpc "$(STACK)" "$(NODE)"

public: setup ## Write the state without its secrets, OUT=file, for previews by those who may not have them
	@toolchain/stack public "$(STACK)" $(if $(OUT),"$(OUT)")

rekey: setup ## Keep the secrets of the stack with SECRETS_PROVIDER=awskms://…, gcpkms://…, passphrase, …
	@toolchain/stack rekey "$(STACK)"

move: setup ## Move the state of the stack to another backend, TO=s3://bucket?region=…
	@toolchain/stack move "$(STACK)"

down: setup ## Destroy everything in the stack, then the stack
	@toolchain/stack down "$(STACK)" $(ARGS)

sweep: setup ## List the local networks of this machine, and remove those whose checkout or state is gone
	@toolchain/run python -m toolchain.ops.networks $(NETWORK)

shell: setup ## Open a shell with plain pulumi for the stack
	@toolchain/stack shell "$(STACK)" || true

test: setup ## Run lint and the tests, except for those that run at night
	@toolchain/run pytest -n $(WORKERS) $(ARGS)

nightly: setup ## Run lint and all tests
	@toolchain/run pytest -n $(WORKERS) --nightly $(ARGS)

# These tests never wait for a node: more workers would only collect more often.
check: WORKERS = 3
check: setup ## Run lint, and the tests that need no engine and no node
	@toolchain/run pytest -n $(WORKERS) -m "not nightly" tests/lint tests/unit tests/program $(ARGS)

soak-kills: setup ## Kill runs of a stack at random moments, KILLS=60 times
	@KILLS=$(KILLS) toolchain/run pytest -n $(WORKERS) tests/network/test_kills_*.py $(ARGS)

imitation: setup ## Test the imitation of AWS, and record that it was tested
	@IMITATION=1 toolchain/run pytest -n $(WORKERS) tests/aws tests/engine/test_aws_plugin.py $(ARGS)
	@toolchain/run python -m tests.aws.tested

durations: setup ## Run all tests, and record how long each scope takes
	@toolchain/run pytest -n $(WORKERS) --nightly --write-durations

lint: setup ## Run the static checks
	@toolchain/lint

bench: setup ## Measure the duration of up, the on-chain phase and preview
	@toolchain/run python -m tests.bench $(ARGS)

lock: setup ## Update and pin all Python packages from the .in files
	@toolchain/lock

docs: setup ## Write from the source: references, JSON schemas, policies of AWS, the picture of the README
	@toolchain/run python -m toolchain.docs.settings_reference
	@toolchain/run python -m toolchain.docs.errors_reference
	@toolchain/run python -m toolchain.docs.metrics_reference
	@toolchain/run python -m toolchain.docs.alerts_reference
	@toolchain/run python -m toolchain.docs.settings_schema
	@toolchain/run python -m toolchain.docs.report_schemas
	@toolchain/run python -m toolchain.docs.iam.write
	@toolchain/run python -m toolchain.docs.status_picture

clean: ## Delete what setup built; stacks and their secrets in .state stay
	@rm -rf .build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
