"""Every verb's parameters, each declared once: name, type, default and help.

They define the command line and its `--help`, the Python call, and (a test keeps them equal) the
entries of MLproject. Imports nothing slow, so that help appears at once; the module of the same
name implements a verb.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option

from ocr_model.commands.cli.parameters import (
    SAMPLE,
    SERVED_AT,
    CacheMode,
    CachePath,
    Candidate,
    Count,
    Documents,
    Fields,
    Grid,
    Judging,
    Kept,
    Labelled,
    LLMParameters,
    Metric,
    NewModel,
    OperationalSettings,
    PublicHost,
    Rules,
    Seed,
    Settings,
    TraceImages,
    UserHeader,
    count,
    optional_folder,
)
from ocr_model.config import DEFAULT_LLM

# MODEL_NAME and PROMPT_NAME, whose modules load MLflow.
_MODEL, _PROMPT = "ocr-extractor", "ocr-question-answer"


@dataclass(frozen=True, kw_only=True)
class LogModel(NewModel):
    """Log and register a model that pins its prompt, without evaluating it.

    The same content is registered once; the first version becomes `champion`.
    """


@dataclass(frozen=True, kw_only=True)
class Evaluate(NewModel):
    """Evaluate a model on labelled forms and print its scores.

    Registers the prompts and, unless you name a model, logs and registers one.

    Same as `mlflow run . -e evaluate --env-manager local`.
    """

    model_uri: Annotated[str, Option(help="evaluate this model; empty: log one")] = ""
    data: Judging = SAMPLE
    documents: Documents = None
    n: Count = 0
    seed: Seed = 0
    trace_content: Kept = ""
    trace_images: TraceImages = ""
    cache: Annotated[
        CacheMode,
        Option(help="LLM replies on disk; replay: send nothing, fail on a page not recorded"),
    ] = "read-write"
    cache_path: CachePath = ""
    blank_fields: Annotated[
        Literal["ignore", "score"],
        Option(help="questions without an answer: leave them out on both sides, or score them"),
    ] = "ignore"
    rules: Annotated[str, Option(help="YAML of business rules to check answers against")] = ""
    scorers: Annotated[str, Option(help="custom scorers: module:function, separated by commas")] = (
        ""
    )
    grounding: Annotated[
        Literal["auto", "off"],
        Option(help="look for an LLM's answers on the page with the embedded OCR"),
    ] = "auto"


@dataclass(frozen=True, kw_only=True)
class Extract:
    """Read documents into one file, one row per document.

    Reads with the champion, unless you name a model. To resume an interrupted or killed batch, give
    the same command again.

    Same as `mlflow run . -e extract --env-manager local -P input=… -P output=…`.
    """

    input: Annotated[str, Option(help="folder, glob, list of paths, or one file")]
    output: Annotated[Path, Option(help="ends in .parquet, .jsonl or .csv")]
    model_uri: Annotated[str, Option(help="empty: the champion")] = ""
    columns: Annotated[
        Literal["row", "fields"],
        Option(help="the row's columns, or one per field of the model; .csv always has fields"),
    ] = "row"
    settings: OperationalSettings = ""
    cache: Annotated[
        CacheMode,
        Option(help="LLM replies on disk, so that pages in flight at a kill are not paid twice"),
    ] = "read-write"
    cache_path: CachePath = ""
    traces: Annotated[Literal["off", "on"], Option(help="a trace per document, without image")] = (
        "off"
    )


@dataclass(frozen=True, kw_only=True)
class ExtractSpark:
    """Read the documents of a folder, any number of them, with Spark.

    Writes one row per document, as Parquet. Also `spark-submit scripts/extract_spark.py`. An
    example to start from; docs/scale.md explains its settings on a cluster.
    """

    input: Annotated[str, Option(help="folder or glob, where Spark reads")]
    output: Annotated[str, Option(help="new folder")]
    model_uri: Annotated[str, Option(help="like models:/ocr-extractor@champion")]
    settings: OperationalSettings = ""
    requests_per_minute: Annotated[
        int, count("limit of the key, shared by all task slots; 0: no limit")
    ] = 0
    per_task: Annotated[int, count("most documents per task")] = 64
    per_batch: Annotated[int, count("most documents per batch")] = 64
    master: Annotated[str, Option(help="empty: spark-submit's, else local[*]")] = ""


@dataclass(frozen=True, kw_only=True)
class Compare(Grid):
    """Evaluate several models, or every combination of settings, on the same forms.

    Prints the differences and their confidence intervals.

    Same as `mlflow run . -e compare --env-manager local`.
    """

    model_uris: Annotated[str, Option(help="comma separated; in addition to the grid")] = ""
    data: Judging = SAMPLE
    documents: Documents = None
    n: Count = 0
    seed: Seed = 0
    metric: Metric = ""
    trace_content: Kept = ""
    trace_images: TraceImages = ""
    # An option of earlier commits; `compare` says that it is gone.
    split: Annotated[float, Option(hidden=True)] = 0.0


@dataclass(frozen=True, kw_only=True)
class Promote(Candidate):
    """Judge a candidate against the champion on the same forms; make it champion if not worse.

    A prompt is enough: everything else is taken from the champion.

    Exit codes: 0 promoted, or already champion; 2 not judged, because of an error; 3 worse;
    4 insufficient evidence. In all cases but the first the champion stays.

    Same as `mlflow run . -e promote --env-manager local`, which turns every exit code but 0 into 1.
    """

    data: Annotated[
        Path | None,
        optional_folder(
            "folder of labelled forms, or an MLflow dataset datasets:/<name> with documents; "
            "empty: the forms of the champion's last evaluation"
        ),
    ] = None
    documents: Documents = None
    n: Count = 0
    seed: Seed = 0
    metric: Metric = ""
    requirement: Annotated[
        Literal["not_worse", "better"],
        Option(help="not_worse: lower bound above -margin; better: above 0"),
    ] = "not_worse"
    margin: Annotated[float, Option(help="0.01 is one point")] = 0.01
    min_pages: Annotated[int, count("minimum number of labelled forms")] = 30
    trace_content: Kept = ""
    trace_images: TraceImages = ""
    user: Annotated[str, Option(help="user name if no server knows it; empty: who runs this")] = ""


@dataclass(frozen=True, kw_only=True)
class Optimize:
    """Let an LLM rewrite a prompt, and register a rewrite that is better on labelled forms.

    Starts with the champion's prompt and settings if it reads with an LLM, else with the newest
    bundled prompt. Splits the forms into one part for searching, one for choosing, and one that is
    never shown, on which `promote` judges. To resume an interrupted search, give the same command
    again. Needs the extra `optimize`.

    Exit codes: 0 a better prompt was registered; 4 none was found; 2 the search did not run, or did
    not finish, because of an error. The champion never changes.

    Same as `mlflow run . -e optimize --env-manager local -P data=FOLDER`.
    """

    data: Annotated[Path | None, optional_folder("folder of labelled forms, 60 or more")] = None
    llm: Annotated[str, Option(help="reads the forms; empty: the champion's")] = ""
    reflection_llm: Annotated[
        str, Option(help="writes the candidates, at the same endpoint; empty: the same LLM")
    ] = ""
    prompt_uri: Annotated[str, Option(help="the prompt to start with; empty: the champion's")] = ""
    fields: Fields = ""
    llm_parameters: LLMParameters = ""
    reflection_parameters: Annotated[
        str, Option(help="JSON object sent with every call to the LLM that writes")
    ] = ""
    additional_rules: Rules = ""
    settings: Settings = ""
    metric: Metric = ""
    min_pages: Annotated[int, count("minimum number of unseen forms, for promote")] = 30
    seed: Annotated[int, count("splits the forms and draws those of each round")] = 0
    max_calls: Annotated[int, count("most calls of both LLMs")] = 1000
    max_tokens: Annotated[int, count("most tokens; 0: no limit")] = 0
    max_usd: Annotated[float, Option(help="at the prices of MLflow's catalogue; 0: no limit")] = 0.0
    cache_path: CachePath = ""


@dataclass(frozen=True, kw_only=True)
class Rollback:
    """Move the alias `champion` back to the version that had it before the last promotion.

    Or to the version you name. Running it again does nothing.

    Exit codes: 0 done, or done before; 2 nothing to return to.

    Same as `mlflow run . -e rollback --env-manager local`.
    """

    version: Annotated[str, Option(help="number of the version to return to")] = ""
    reason: Annotated[str, Option(help="the reason, for the history")] = ""
    user: Annotated[str, Option(help="user name if no server knows it; empty: who runs this")] = ""


@dataclass(frozen=True, kw_only=True)
class History:
    """Print who changed champion and prompts, when and why, and changes without an event.

    Exit codes: 0 everything is explained, or there is no history yet; 3 somebody else moved an
    alias, an event is missing or was changed; 2 an error.
    """

    name: Annotated[str, Option(help="registered model or prompt; empty: the default ones")] = ""
    accept: Annotated[
        str, Option(help="reason for the current champion: adds an event and accepts earlier moves")
    ] = ""
    user: Annotated[str, Option(help="user name if no server knows it; empty: who runs this")] = ""


@dataclass(frozen=True, kw_only=True)
class Lineage:
    """Print what a trace or run belongs to: run, model version, prompt version, dataset."""

    identifier: Annotated[str, Argument(help="tr-… or the id of a run")]


@dataclass(frozen=True, kw_only=True)
class Forget:
    """Erase documents, given by id or SHA-256 or age; without `--erase`, only list what is stored.

    Covers MLflow traces with images, lines of tables, reports and records of datasets; LLM replies
    and OCR words; and the batch outputs, reports and folders you name. Reports for each place what
    was erased, could not be reached, or is left to others.

    Exit codes: 0 done, or listed; 1 something failed and may still be there; 2 an earlier error.
    """

    documents: Annotated[
        list[str], Argument(metavar="[DOCUMENT_ID|SHA256]...", show_default=False)
    ] = field(default_factory=list)
    older_than: Annotated[str, Option(help="instead of documents: an age, like 180d")] = ""
    erase: Annotated[bool, Option("--erase", help="erase; default: only list")] = False
    rows: Annotated[str, Option(help="outputs of batches, separated by commas")] = ""
    reviewed: Annotated[
        str, Option(help="folders of reviews or labels, separated by commas, documents included")
    ] = ""
    reports: Annotated[Path, Option(help="folder of reports that are not in MLflow")] = Path(
        "reports"
    )
    cache_path: CachePath = ""
    words: Annotated[
        Path | None,
        optional_folder("folder of the words read; empty: in the user's cache folder"),
    ] = None
    receipt: Annotated[
        Path | None, optional_folder("file for the receipt as JSON; must not exist")
    ] = None


@dataclass(frozen=True, kw_only=True)
class Train:
    """Train the linker of the embedded engine on your own labelled forms, in FUNSD's format.

    Measures the result by cross-validation, and says whether it beats the bundled weights. The
    weights become an artifact of the run: `--linker runs:/<id>/linker.npz` uses them.

    With `--fields`, trains a finder that locates these fields, from images/ and fields/; to use its
    weights, give `--finder runs:/<id>/finder.npz` together with the same `--fields`.

    Same as `mlflow run . -e train --env-manager local -P data=FOLDER`.
    """

    data: Labelled = SAMPLE
    fields: Annotated[
        str, Option(help="YAML of fields: train a finder for them; empty: train the linker")
    ] = ""
    n: Count = 0
    folds: Annotated[int, count("folds of the cross-validation")] = 5
    curve: Annotated[
        str,
        Option(help="more numbers of training forms, for a learning curve; empty: none"),
    ] = "10,25,50"
    seed: Annotated[int, count("draws the n forms and the folds")] = 0
    words: Annotated[
        Path | None,
        optional_folder("folder of the words read; empty: in the user's cache folder"),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Calibrate:
    """Calibrate confidences on your own labelled forms, so that 0.9 is right nine times in ten.

    Registers the model with the calibration. These forms do not count in judging it.

    Same as `mlflow run . -e calibrate --env-manager local -P data=FOLDER`.
    """

    model_uri: Annotated[str, Option(help="a registered version; empty: the champion")] = ""
    data: Judging = SAMPLE
    documents: Documents = None
    n: Count = 0
    seed: Seed = 0
    trace_content: Kept = ""
    trace_images: TraceImages = ""
    cache: Annotated[CacheMode, Option(help="LLM replies on disk")] = "read-write"
    cache_path: CachePath = ""


@dataclass(frozen=True, kw_only=True)
class Monitor:
    """Compare production with the model's last evaluation.

    Outcomes, review, confidence, tokens, cost, time, unknown questions, quality of the scans: each
    with an interval and a verdict. Exit code 0: steady, 3: something changed, 4: too little seen.

    Same as `mlflow run . -e monitor --env-manager local -P rows=FILE`.
    """

    rows: Annotated[Path | None, optional_folder("file of rows written by extract")] = None
    traces: Annotated[str, Option(help="experiment with the traces of a served model")] = ""
    days: Annotated[float, Option(help="how many days back traces are read")] = 7.0
    most: Annotated[int, count("most traces, newest first")] = 2000
    model_uri: Annotated[str, Option(help="a registered version; empty: the champion")] = ""
    sample: Annotated[
        Path | None, optional_folder("file for a random sample of rows, for review")
    ] = None
    sample_share: Annotated[float, Option(help="share of documents in the sample")] = 0.02
    reviewed: Annotated[
        Path | None, optional_folder("folder with reviews of an earlier sample: prints the score")
    ] = None


@dataclass(frozen=True, kw_only=True)
class RegisterPrompts:
    """Register the bundled prompts; texts that are already registered stay as they are."""


@dataclass(frozen=True, kw_only=True)
class Cache:
    """Inspect, copy or empty the LLM engine's cache of replies on disk.

    A copy named *.jsonl is for reading; any other name makes a cache again, for `--cache replay`.
    """

    action: Annotated[
        Literal["inspect", "export", "expire", "clear"],
        Argument(help="count replies by LLM; write a copy; remove old replies; remove all"),
    ]
    file: Annotated[Path | None, Argument(help="export: a new file")] = None
    older_than: Annotated[str, Option(help="expire: an age, like 180d or 12h")] = ""
    cache_path: CachePath = ""


@dataclass(frozen=True, kw_only=True)
class CheckEndpoint:
    """Check in seconds whether OPENAI_BASE_URL can read pages with OPENAI_API_KEY.

    Reads a small test page like any page, and prints the settings to use. Exit code 1: the endpoint
    cannot be used.
    """

    llm: Annotated[str, Option(help="name of the language model")] = DEFAULT_LLM
    llm_parameters: Annotated[str, Option(help="JSON object to send with every call")] = ""
    settings: Annotated[str, Option(help="JSON object of further settings to try")] = ""
    timeout_s: Annotated[
        float, Option("--timeout", help="seconds for the page, retries included")
    ] = 30.0


@dataclass(frozen=True, kw_only=True)
class Client:
    """Send documents to a running model server (`mlflow models serve`).

    Prints one JSON object each. Exit code 1: a document was not read completely; 2: no answer.
    """

    files: Annotated[list[Path], Argument(metavar="FILE...")]
    url: Annotated[str, Option(help="URL of the model server")] = SERVED_AT
    timeout_s: Annotated[float, Option("--timeout", help="seconds per document")] = 75.0
    full: Annotated[bool, Option("--full", help="print the whole row")] = False


@dataclass(frozen=True, kw_only=True)
class Demo:
    """Start a web page for a model that is served with `mlflow models serve`.

    Drop a scan or a PDF on it to see its pairs with their boxes, the outcome and the time. Stores
    nothing.

    With `--llm`, a second page tries prompts: one document, one or two versions side by side, also
    an unsaved text. Each reading is a trace.
    """

    url: Annotated[str, Option(help="URL of the model server")] = SERVED_AT
    llm: Annotated[str, Option(help="try prompts with this language model")] = ""
    llm_parameters: LLMParameters = ""
    fields: Fields = ""
    settings: Settings = ""
    host: Annotated[str, Option(help="0.0.0.0 accepts other machines")] = "127.0.0.1"
    port: int = 8000
    max_bytes: Annotated[int, Option(help="most bytes per document")] = 20_000_000
    user_header: UserHeader = ""
    public_host: PublicHost = ""


@dataclass(frozen=True, kw_only=True)
class Review:
    """Start a web page to check and correct what was read.

    The documents are a folder of scans, which the model reads meanwhile, the rows of a batch, or
    the traces of an experiment. Finished reviews become labels in a folder and expectations in
    MLflow.

    Same as `mlflow run . -e review --env-manager local -P data=FOLDER`.
    """

    data: Annotated[Path | None, optional_folder("folder of scans that were not read yet")] = None
    rows: Annotated[str, Option(help="output of extract: .parquet, .jsonl or .csv")] = ""
    documents: Annotated[
        Path | None, optional_folder("folder with the documents of rows or traces")
    ] = None
    traces: Annotated[str, Option(help="name of an experiment with traces")] = ""
    into: Annotated[
        Path | None,
        optional_folder("for reviews and labels; empty: the folder of scans, else `reviewed`"),
    ] = None
    export: Annotated[str, Option(help="write the corrected rows to this new file, and exit")] = ""
    model_uri: Annotated[str, Option(help="reads the scans; empty: the champion")] = ""
    order: Annotated[
        Literal["least_sure", "random"],
        Option(help="least_sure: lowest confidence first; random: a draw, for an unbiased test"),
    ] = "least_sure"
    n: Annotated[int, count("how many documents; 0 = all")] = 0
    seed: Annotated[int, count("seed of the draw")] = 0
    user: Annotated[str, Option(help="the reviewer; empty: who runs this command")] = ""
    user_header: UserHeader = ""
    public_host: PublicHost = ""
    host: Annotated[str, Option(help="0.0.0.0 accepts other machines, with a token")] = "127.0.0.1"
    port: Annotated[int, count("port of the page")] = 8001
    token: Annotated[
        str, Option(help="token for other machines; empty: a new one at each start")
    ] = ""


@dataclass(frozen=True, kw_only=True)
class PracticeLlm:
    """Start an LLM for practice, without a key: an endpoint on this machine, named `practice`.

    It reads pages with the embedded engine and makes known mistakes that a prompt can stop, so that
    you can try, compare and promote prompts. None of its figures are a real LLM's.
    """

    host: Annotated[str, Option(help="0.0.0.0 accepts other machines")] = "127.0.0.1"
    port: int = 8100


@dataclass(frozen=True, kw_only=True)
class MakeFields:
    """Convert a Pydantic model or a JSON Schema into a fields file.

    Same as `mlflow run . -e make_fields --env-manager local -P source=… -P output=…`.
    """

    source: Annotated[str, Option(help="module:Class of a Pydantic model, or a .json file")]
    output: Annotated[Path, Option(help="a new YAML file")]


@dataclass(frozen=True, kw_only=True)
class ProposeFields:
    """Draft a fields file from the questions of at least five documents.

    Uses the labels of labelled forms; other documents are read first, with the embedded engine
    unless you name a model.

    Same as `mlflow run . -e propose_fields --env-manager local -P data=… -P output=…`.
    """

    data: Annotated[str, Option(help="folder of labelled forms, or of documents")]
    output: Annotated[Path, Option(help="a new YAML file")]
    model_uri: Annotated[str, Option(help="reads the documents; empty: the embedded engine")] = ""


@dataclass(frozen=True, kw_only=True)
class FetchFunsd:
    """Fetch the FUNSD dataset, verify it and unpack it.

    Downloads the official archive, verifies its SHA-256 and unpacks it into `<to>/dataset`. Does
    nothing if that is already done. Without a network: `--archive dataset.zip`.

    FUNSD (Jaume, Ekenel and Thiran, 2019; https://guillaumejaume.github.io/FUNSD/) may be used for
    non-commercial, research and educational purposes only.
    """

    to: Annotated[Path, Option(help="folder to fill")] = Path("data/funsd")
    url: Annotated[str, Option(help="a mirror of the same archive; empty: the official one")] = ""
    archive: Annotated[Path | None, Option(help="the archive, if downloaded by hand")] = None


@dataclass(frozen=True, kw_only=True)
class Verify:
    """Check the files of a registered version against the digests recorded when it was logged.

    Runs no code of the model. Exit code 1: a file was changed; 3: no digests were recorded.
    """

    folder: Annotated[
        Path, Option(help="folder of the model; a new one is filled if all files are right")
    ]
    model_uri: Annotated[str, Option(help="a registered version; empty: the champion")] = ""
    files_sha256: Annotated[
        str, Option(help="the digest you noted elsewhere; empty: the one in MLflow")
    ] = ""


@dataclass(frozen=True, kw_only=True)
class Access:
    """Set up roles on a tracking server with authentication; without `--grant`, only print them.

    Four MLflow roles: reader, prompt-editor, reviewer, releaser (docs/access.md). Run it as an
    administrator of the server, `mlflow server --app-name basic-auth`; the users must exist.
    Running it again is safe.

    Exit codes: 0 it is as shown; 3 a user has more permissions than their role; 2 an error.
    """

    reader: Annotated[str, Option(help="names of users, separated by commas")] = ""
    prompt_editor: Annotated[str, Option(help="the same: write and evaluate prompts")] = ""
    reviewer: Annotated[str, Option(help="the same: correct what was read")] = ""
    releaser: Annotated[str, Option(help="the same: move the champion, through the gate")] = ""
    remove: Annotated[str, Option(help="remove all four roles from these users first")] = ""
    grant: Annotated[bool, Option("--grant", help="apply the changes; default: print them")] = False
    model: Annotated[str, Option(help="the registered model")] = _MODEL
    prompt: Annotated[str, Option(help="the prompt")] = _PROMPT
    experiment: Annotated[str, Option(help="the experiment with runs and traces")] = _MODEL


VERBS: dict[str, type] = {
    "evaluate": Evaluate,
    "extract": Extract,
    "compare": Compare,
    "promote": Promote,
    "optimize": Optimize,
    "rollback": Rollback,
    "history": History,
    "lineage": Lineage,
    "forget": Forget,
    "monitor": Monitor,
    "train": Train,
    "calibrate": Calibrate,
    "log_model": LogModel,
    "register_prompts": RegisterPrompts,
    "check_endpoint": CheckEndpoint,
    "cache": Cache,
    "client": Client,
    "demo": Demo,
    "review": Review,
    "extract_spark": ExtractSpark,
    "fetch_funsd": FetchFunsd,
    "make_fields": MakeFields,
    "practice_llm": PracticeLlm,
    "propose_fields": ProposeFields,
    "verify": Verify,
    "access": Access,
}
