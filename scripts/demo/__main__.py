"""python -m scripts.demo [--url http://127.0.0.1:5001] [--port 8000]

A page in the browser for a model that is served with `mlflow models serve`: drop a scan or a PDF,
see its pairs, where they stand, how it ended and how long it took. Keeps nothing.
"""

from __future__ import annotations

import argparse
import sys

import uvicorn

from scripts.client import URL
from scripts.demo.app import MAX_UPLOAD_BYTES, build_app


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default=URL, help="where the model is served")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets the network in")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--max-bytes", type=int, default=MAX_UPLOAD_BYTES, help="per document")
    args = parser.parse_args(argv)
    print(f"Open http://{args.host}:{args.port} (the model is asked at {args.url})", flush=True)
    uvicorn.run(
        build_app(args.url, args.max_bytes), host=args.host, port=args.port, log_level="warning"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
