"""The container of docs/serving.md, as far as that goes without Docker."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ocr_model.lifecycle.registry import input_example
from tests.integration.conftest import CHECKOUT, Registered
from tests.integration.test_roundtrip import EXPECTED_PAIRS
from tests.support.doc_commands import commands_of

pytestmark = [pytest.mark.integration, pytest.mark.slow]

[DOCKERFILE] = re.findall(
    r"```dockerfile\n(.*?)```", (CHECKOUT / "docs" / "serving.md").read_text("utf-8"), re.DOTALL
)
VARIABLES = [pair for line in re.findall(r"^ENV (.*)$", DOCKERFILE, re.M) for pair in line.split()]
[COMMAND] = [json.loads(line) for line in re.findall(r"^CMD (.*)$", DOCKERFILE, re.M)]
[USER] = re.findall(r"^USER (\d+):\d+$", DOCKERFILE, re.M)
[LISTS_DIGESTS] = [
    command
    for command in commands_of((CHECKOUT / "docs" / "supply-chain.md").read_text("utf-8"))
    if command.startswith("uv pip compile")
]

# A file system of what is named here alone, seen by one process and what it starts; no network.
BOX = """
root=$1; model=$2; user=$3; shift 3
bind() { mkdir -p "$root$2"; mount --bind "$1" "$root$2"; mount -o remount,bind,ro "$root$2"; }
mount -t tmpfs -o mode=755 none "$root"
mkdir "$root/tmp" "$root/dev" "$root/proc" "$root/home"
mount -t tmpfs -o mode=1777,nosuid,nodev,noexec none "$root/tmp"
for system in /usr /bin /lib /lib64 /etc; do
  if [ -L $system ]; then cp -d $system "$root"; elif [ -e $system ]; then bind $system $system; fi
done
until [ "$1" = -- ]; do bind "$1" "$1"; shift; done; shift
bind "$model" /opt/ml/model
for device in null zero urandom; do
  touch "$root/dev/$device"; mount --bind /dev/$device "$root/dev/$device"
done
mount -t proc none "$root/proc"
mount -o remount,ro "$root"
ip link set lo up
exec chroot "$root" setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs \\
  --bounding-set=-all --inh-caps=-all env -i "$@"
"""

# In the box: says what can be written, serves, asks for one form.
VISITOR = """
import json, os, subprocess, sys, time, urllib.request
def writes(path):
    try:
        open(path, "w").close()
        return True
    except OSError:
        return False
places = ["/x", os.environ["HOME"] + "/x", "/opt/ml/model/x", sys.prefix + "/x", "/tmp/x"]
written = [place for place in places if writes(place)]
log = open("/tmp/log", "w+")
server = subprocess.Popen(sys.argv[1:], stdout=log, stderr=log, cwd="/")
gives_up_at = time.monotonic() + 120
while True:
    try:
        urllib.request.urlopen("http://127.0.0.1:8080/health", timeout=2)
        break
    except OSError:
        assert server.poll() is None and time.monotonic() < gives_up_at, open("/tmp/log").read()
        time.sleep(0.2)
request = urllib.request.Request(
    "http://127.0.0.1:8080/invocations",
    sys.stdin.buffer.read(),
    {"Content-Type": "application/json"},
)
[row] = json.load(urllib.request.urlopen(request, timeout=60))["predictions"]
print(json.dumps({"uid": os.getuid(), "written": written, "row": row}))
"""


@pytest.fixture(scope="module")
def image(registered: Registered, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `served` and `served-hashed.txt`, by the command of the page."""
    folder = tmp_path_factory.mktemp("image")
    verify = [sys.executable, "-m", "scripts.verify", "--model-uri", registered.model_uri]
    verify += ["--folder", str(folder / "served")]
    subprocess.run(verify, env=registered.environment, cwd=CHECKOUT, timeout=120, check=True)
    subprocess.run(
        ["bash", "-euc", LISTS_DIGESTS],
        env=registered.environment,
        cwd=folder,
        timeout=120,
        check=True,
    )
    return folder


def install(image: Path, listed: Path, *into: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:"]
    command += ["--no-deps", *into, "-r", str(listed)]
    return subprocess.run(command, capture_output=True, text=True, cwd=image, timeout=600)


def test_a_package_with_another_digest_is_refused(image: Path) -> None:
    listed = (image / "served-hashed.txt").read_text("utf-8")
    named = re.findall(r"^([\w.-]+==[\w.]+)", listed, re.MULTILINE)
    assert set((image / "served" / "requirements.txt").read_text("utf-8").split()) <= set(named)
    assert len(named) > 50
    [pillow] = re.findall(r"^pillow==.*?(?=^[\w-]+==)", listed, re.MULTILINE | re.DOTALL)
    (image / "one.txt").write_text(pillow)
    (image / "changed.txt").write_text(re.sub(r"sha256:[0-9a-f]{8}", "sha256:00000000", pillow))
    aside = ("--target", str(image / "aside"))
    assert install(image, image / "one.txt", *aside).returncode == 0
    refused = install(image, image / "changed.txt", *aside, "--upgrade")
    assert refused.returncode == 1
    assert "DO NOT MATCH THE HASHES" in refused.stderr


def test_what_mlflow_writes_is_as_the_page_says(image: Path) -> None:
    generate = ["mlflow", "models", "generate-dockerfile", "-m", "served", "-d", "theirs"]
    subprocess.run(
        [*generate, "--env-manager", "local"],
        cwd=image,
        timeout=120,
        check=True,
        capture_output=True,
    )
    theirs = (image / "theirs" / "Dockerfile").read_text("utf-8")
    assert "_install_pyfunc_deps" in theirs
    assert "nginx" in theirs
    assert "USER" not in theirs
    assert "--require-hashes" not in theirs


def test_it_serves_as_nobody_where_only_tmp_can_be_written(image: Path) -> None:
    alone = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], check=False).returncode:
        pytest.skip("this machine allows no namespaces")
    python = image / "environment"
    uv = ["uv", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:"]
    uv += ["--compile-bytecode", "--python", str(python), "-r", str(image / "served-hashed.txt")]
    subprocess.run(["uv", "venv", "-q", "--python", sys.executable, str(python)], check=True)
    subprocess.run(uv, timeout=600, check=True)
    (image / "root").mkdir()
    seen = [str(python), str(Path(sys.base_prefix).resolve()), "--"]
    variables = [*VARIABLES, "HOME=/home", f"PATH={python}/bin:/usr/bin:/bin"]
    command = [*alone, "sh", "-euc", BOX, "box", str(image / "root"), str(image / "served"), USER]
    asked = {"instances": [{"image": str(input_example()["image"][0])}]}
    ended = subprocess.run(
        [*command, *seen, *variables, "python", "-c", VISITOR, *COMMAND],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    told = json.loads(ended.stdout)
    assert (told["uid"], told["written"]) == (int(USER), ["/tmp/x"])
    assert (told["row"]["outcome"], told["row"]["pairs"]) == ("ok", EXPECTED_PAIRS)
