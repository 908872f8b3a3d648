"""Fit the linker's stages to labelled forms. Not served: a model carries weights, not this."""
