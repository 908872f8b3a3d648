"""Synthetic labelled forms to train on; see docs/synthetic_forms.md."""
