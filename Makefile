# The front door. Each target also works by hand; `deps` does nothing, quickly, when nothing is missing.
SWIFT ?= swift
RELEASE := .build/release
DFPREP := $(RELEASE)/dfprep

.PHONY: deps build demo demo-media test test-slurm test-numerics soak validate dataset interop interop-models bench bench-detectors bench-faces bench-splitting bench-engine bench-clustering bench-report bench-training study study-full interop-torch lint format docs install clean

deps:
	@Scripts/install-packages.sh
	@Scripts/fetch-files.sh Scripts/models.txt models

build: deps
	$(SWIFT) build -c release --quiet

demo-media: build
	@Scripts/fetch-files.sh Scripts/demo-media.txt build/demo/media
	@$(RELEASE)/dfprep-demo-media --media build/demo/media --output build/demo/dfdc --models models

demo: demo-media
	@$(DFPREP) run Pipelines/demo.yaml

# The tests of the whole program use the demo's photographs.
test: deps
	@Scripts/fetch-files.sh Scripts/demo-media.txt build/demo/media
	$(SWIFT) build --build-tests --quiet
	@mkdir -p build/attachments
	$(SWIFT) test --skip-build --disable-xctest --attachments-path build/attachments

# On a real Slurm of two nodes, started on this machine and taken down again: node failure, preemption, Ctrl-C. Needs root.
test-slurm: deps
	@Scripts/install-packages.sh slurmctld slurmd slurm-client munge
	@Scripts/fetch-files.sh Scripts/demo-media.txt build/demo/media
	$(SWIFT) build --build-tests --quiet
	DFPREP_TEST_SLURM=1 $(SWIFT) test --skip-build --disable-xctest --filter SlurmClusterTests

# On an emulated processor that has AVX2 and nothing beyond; slow.
test-numerics: deps
	@Scripts/install-packages.sh qemu-user
	@Scripts/fetch-files.sh Scripts/demo-media.txt build/demo/media
	$(SWIFT) build --build-tests --quiet
	DFPREP_TEST_NUMERICS=1 $(SWIFT) test --skip-build --disable-xctest --filter NumericsTests

# Kills the demo's pipeline, up to its shards, at random moments, and holds what comes of it against a run left alone.
KILLS ?= 50
SEED ?= 1
soak: demo-media
	@python3 Scripts/soak.py --dfprep $(DFPREP) --pipeline Pipelines/soak.yaml --work build/soak --kills $(KILLS) --seed $(SEED)

validate: build
	@$(DFPREP) validate Pipelines/*.yaml Pipelines/*/*.yaml

# For other people's pipelines: make dataset PIPELINE=path/to/pipeline.yaml
dataset: build
	@test -n "$(PIPELINE)" || { echo "usage: make dataset PIPELINE=file.yaml" >&2; exit 64; }
	@$(DFPREP) run "$(PIPELINE)"

# Opens the demo's shards with Python's webdataset; reads every export as its tool does; holds metrics against
# scikit-learn's, networks against timm's.
interop: demo interop-models
	@Scripts/interop.sh runs/demo/shards
	@Scripts/interop-exports.sh $(DFPREP) build/demo/dfdc
	@Scripts/interop-metrics.sh $(DFPREP)

interop-models: deps
	$(SWIFT) build --build-tests --quiet
	@SWIFT="$(SWIFT)" Scripts/interop-models.sh

# The shim of libtorch, compiled against PyTorch's wheel in place of the system's libtorch, under the tests of tensors and networks.
interop-torch: deps
	$(SWIFT) build --build-tests --quiet
	@SWIFT="$(SWIFT)" Scripts/interop-torch.sh

# dfprep beside its peers on the same work: Benchmarks/NAME/README.md. Reports, and never fails on speed.
bench: bench-faces bench-detectors bench-splitting bench-engine bench-clustering bench-report bench-training

bench-faces: build
	@Scripts/fetch-files.sh Scripts/demo-media.txt build/demo/media
	@python3 Benchmarks/faces/run.py

bench-detectors: build
	@Scripts/fetch-files.sh Scripts/demo-media.txt build/demo/media
	@python3 Benchmarks/detectors/run.py

bench-training: build
	@Scripts/fetch-files.sh Scripts/demo-media.txt build/demo/media
	@python3 Benchmarks/training/run.py

# The method tested in small, on the media that DFPREP_DATA holds: Benchmarks/study/README.md. Cut, it goes on where it stood.
study: build
	@python3 Benchmarks/study/run.py --seeds 1 --domains dfdc stylegan ciplab people

study-full: build
	@python3 Benchmarks/study/run.py --seeds 5

bench-report: build
	@python3 Benchmarks/report/run.py

bench-splitting: build
	@python3 Benchmarks/splitting/run.py

bench-engine: build
	@python3 Benchmarks/engine/run.py

bench-clustering: build
	@Scripts/fetch-files.sh Scripts/demo-media.txt build/demo/media
	@python3 Benchmarks/clustering/run.py

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

docs: build
	@$(DFPREP) describe-stages > docs/stages.md

PREFIX ?= /usr/local
install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/dfprep
	install $(DFPREP) $(DESTDIR)$(PREFIX)/bin/dfprep
	install -m 644 $(RELEASE)/lib*Shim.so $(DESTDIR)$(PREFIX)/lib/dfprep

# Never touches runs/ or models/.
clean:
	rm -rf .build build
