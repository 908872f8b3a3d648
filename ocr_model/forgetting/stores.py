"""What stores of artefacts keep of files that were deleted."""

from __future__ import annotations

from urllib.parse import urlsplit


def scheme_of(uri: str) -> str:
    """s3://bucket/1 -> s3; mlflow-artifacts:/1 -> mlflow-artifacts; /disk/1 -> file."""
    return urlsplit(uri).scheme or "file"


def versions_behind(*schemes: str) -> str:
    """Why their files are left to others, and what these can do."""
    return (
        f"old versions, where the store behind {', '.join(schemes)} keeps them: whoever runs it "
        "deletes them, or lets them expire"
    )
