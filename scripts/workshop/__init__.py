"""The maintainers' workshop: measuring, soaking, drawing forms, training the bundled linker.

`bench` measures, `stress` looks for what breaks, `drawing_kit` draws forms with known answers,
`train_linker` fits the bundled weights to what `synthetic_forms` draws with it. No user of the
package needs any of it, and nothing outside imports it.
"""
