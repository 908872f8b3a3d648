"""The maintainers' workshop: measuring, soaking, drawing forms, training the bundled linker.

`bench` and `bench_scoring` measure, `stress` looks for what breaks, `make_sample` draws data/sample
with `sample_forms`, `train_linker` fits the bundled weights to what `synthetic_forms` draws. No
user of the package needs any of it, and nothing outside imports it.
"""
