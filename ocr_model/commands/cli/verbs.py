"""Every verb's parameters, each declared once: name, type, default and help.

From these come the command line and its `--help`, what a Python caller passes, and (a test holds
them equal) the entries of MLproject. Imports nothing that takes long, so that help comes at once;
what a verb does is in the module of its name.
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

    Registers the prompts, logs and registers the model unless one is named.

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
        Option(help="replies of the LLM on disk; replay: send nothing, a page not recorded fails"),
    ] = "read-write"
    cache_path: CachePath = ""
    blank_fields: Annotated[
        Literal["ignore", "score"],
        Option(help="questions without an answer: leave them out on both sides, or score them too"),
    ] = "ignore"
    rules: Annotated[str, Option(help="YAML of business rules to hold answers against")] = ""
    scorers: Annotated[
        str, Option(help="your own: module:function, several separated by commas")
    ] = ""
    grounding: Annotated[
        Literal["auto", "off"],
        Option(help="look for an LLM's answers on the page with the embedded OCR"),
    ] = "auto"


@dataclass(frozen=True, kw_only=True)
class Extract:
    """Let a model read documents into one file, a row per document.

    The champion reads, unless a model is named. The same command goes on where an interrupted or
    killed one was.

    Same as `mlflow run . -e extract --env-manager local -P input=… -P output=…`.
    """

    input: Annotated[str, Option(help="folder, glob, list of paths, or one file")]
    output: Annotated[Path, Option(help="ends in .parquet, .jsonl or .csv")]
    model_uri: Annotated[str, Option(help="empty: the champion")] = ""
    columns: Annotated[
        Literal["row", "fields"],
        Option(help="those of the row, or one per field the model gives; of .csv always fields"),
    ] = "row"
    settings: OperationalSettings = ""
    cache: Annotated[
        CacheMode,
        Option(
            help="replies of the LLM on disk, so that pages in flight at a kill are not paid twice"
        ),
    ] = "read-write"
    cache_path: CachePath = ""
    traces: Annotated[Literal["off", "on"], Option(help="a trace per document, without image")] = (
        "off"
    )


@dataclass(frozen=True, kw_only=True)
class ExtractSpark:
    """Let a model read the documents of a folder, any number of them, with Spark.

    A row per document, as Parquet. Also `spark-submit scripts/extract_spark.py`. An example to
    start from; what its settings mean on a cluster: docs/scale.md.
    """

    input: Annotated[str, Option(help="folder or glob, where Spark reads")]
    output: Annotated[str, Option(help="folder that is not there yet")]
    model_uri: Annotated[str, Option(help="like models:/ocr-extractor@champion")]
    settings: OperationalSettings = ""
    requests_per_minute: Annotated[
        int, count("of the key, shared by all task slots; 0: no limit")
    ] = 0
    per_task: Annotated[int, count("documents, at most")] = 64
    per_batch: Annotated[int, count("documents, at most")] = 64
    master: Annotated[str, Option(help="empty: spark-submit's, else local[*]")] = ""


@dataclass(frozen=True, kw_only=True)
class Compare(Grid):
    """Evaluate several models, or every combination of settings, on the same forms.

    Says how far they are apart and how sure that is.

    Same as `mlflow run . -e compare --env-manager local`.
    """

    model_uris: Annotated[str, Option(help="comma separated; besides the grid")] = ""
    data: Judging = SAMPLE
    documents: Documents = None
    n: Count = 0
    seed: Seed = 0
    metric: Metric = ""
    trace_content: Kept = ""
    trace_images: TraceImages = ""
    # Earlier commits took it; `compare` says that it is gone.
    split: Annotated[float, Option(hidden=True)] = 0.0


@dataclass(frozen=True, kw_only=True)
class Promote(Candidate):
    """Judge a candidate against the champion on the same forms; make it champion if not worse.

    A prompt alone is enough: the rest of the candidate is taken from the champion.

    Exit codes: 0 promoted, or champion already; 2 not judged, because of an error; 3 worse;
    4 insufficient evidence. In all cases but the first the champion stays.

    Same as `mlflow run . -e promote --env-manager local`, which turns every exit code but 0 into 1.
    """

    data: Annotated[
        Path | None,
        optional_folder(
            "folder of labelled forms, or datasets:/<name> of MLflow with documents; empty: where "
            "the champion was evaluated last"
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
    min_pages: Annotated[int, count("labelled forms that are needed at least")] = 30
    trace_content: Kept = ""
    trace_images: TraceImages = ""
    user: Annotated[str, Option(help="who, where no server knows; empty: who runs this")] = ""


@dataclass(frozen=True, kw_only=True)
class Optimize:
    """Let an LLM rewrite a prompt, and register what is better on labelled forms.

    Begins with the champion's prompt and settings where it reads with an LLM, else with the newest
    bundled prompt. The forms are split into one part to search on, one to choose on, and one that
    is never shown, on which `promote` judges. The same command goes on where an interrupted one
    was. Needs the extra `optimize`.

    Exit codes: 0 a better prompt was registered; 4 none was found; 2 not searched, or not to the
    end, because of an error. Nothing becomes champion.

    Same as `mlflow run . -e optimize --env-manager local -P data=FOLDER`.
    """

    data: Annotated[Path | None, optional_folder("folder of labelled forms, 60 or more")] = None
    llm: Annotated[str, Option(help="reads the forms; empty: the champion's")] = ""
    reflection_llm: Annotated[
        str, Option(help="writes the candidates, at the same endpoint; empty: the one that reads")
    ] = ""
    prompt_uri: Annotated[str, Option(help="to begin with; empty: the champion's")] = ""
    fields: Fields = ""
    llm_parameters: LLMParameters = ""
    reflection_parameters: Annotated[
        str, Option(help="JSON object sent with every call to the LLM that writes")
    ] = ""
    additional_rules: Rules = ""
    settings: Settings = ""
    metric: Metric = ""
    min_pages: Annotated[int, count("forms that are never shown, for promote, at least")] = 30
    seed: Annotated[int, count("splits the forms and draws those of each round")] = 0
    max_calls: Annotated[int, count("of both LLMs, at most")] = 1000
    max_tokens: Annotated[int, count("at most; 0: no limit")] = 0
    max_usd: Annotated[float, Option(help="at the prices of MLflow's catalogue; 0: no limit")] = 0.0
    cache_path: CachePath = ""


@dataclass(frozen=True, kw_only=True)
class Rollback:
    """Return the alias `champion` to the version that had it before the last promotion.

    Or to a version that is named. Running it again does nothing.

    Exit codes: 0 done, or done before; 2 there is nothing to return to.

    Same as `mlflow run . -e rollback --env-manager local`.
    """

    version: Annotated[str, Option(help="number of the version to return to")] = ""
    reason: Annotated[str, Option(help="why, for the history")] = ""
    user: Annotated[str, Option(help="who, where no server knows; empty: who runs this")] = ""


@dataclass(frozen=True, kw_only=True)
class History:
    """Print who changed champion and prompts, when and why, and what no event explains.

    Exit codes: 0 all is explained, or no history is kept yet; 3 an alias was moved by another hand,
    an event is missing or was changed; 2 an error.
    """

    name: Annotated[str, Option(help="registered model or prompt; empty: those of ours")] = ""
    accept: Annotated[
        str, Option(help="why the champion is where it is: an event, and moves before are accepted")
    ] = ""
    user: Annotated[str, Option(help="who, where no server knows; empty: who runs this")] = ""


@dataclass(frozen=True, kw_only=True)
class Lineage:
    """Print what a trace or run belongs to: run, model version, prompt version, dataset."""

    identifier: Annotated[str, Argument(help="tr-… or the id of a run")]


@dataclass(frozen=True, kw_only=True)
class Forget:
    """Erase what is kept of documents, by id or SHA-256 or age; without `--erase`, only list it.

    In MLflow traces with their pictures, lines of tables, reports, records of datasets; replies of
    LLMs, words that were read; rows of batches, reports and folders that are named. Says place by
    place what was erased, could not be reached, or is left to others.

    Exit codes: 0 done, or listed; 1 something failed and may be there still; 2 an error before.
    """

    documents: Annotated[
        list[str], Argument(metavar="[DOCUMENT_ID|SHA256]...", show_default=False)
    ] = field(default_factory=list)
    older_than: Annotated[str, Option(help="instead of documents: an age, like 180d")] = ""
    erase: Annotated[bool, Option("--erase", help="erase; else nothing is touched")] = False
    rows: Annotated[str, Option(help="outputs of batches, separated by commas")] = ""
    reviewed: Annotated[
        str, Option(help="folders of reviews or labels, separated by commas, documents included")
    ] = ""
    reports: Annotated[Path, Option(help="folder of reports that are in no store")] = Path(
        "reports"
    )
    cache_path: CachePath = ""
    words: Annotated[
        Path | None,
        optional_folder("folder of the words read; empty: in the user's cache folder"),
    ] = None
    receipt: Annotated[
        Path | None, optional_folder("file for the receipt as JSON, not there yet")
    ] = None


@dataclass(frozen=True, kw_only=True)
class Train:
    """Train the linker of the embedded engine on your own labelled forms, in FUNSD's format.

    Says by cross-validation what it is worth on forms like them, and whether that beats the bundled
    weights. The weights become an artefact of the run: `--linker runs:/<id>/linker.npz` uses them.

    With `--fields`, a finder that learns where these fields stand, from images/ and fields/; its
    weights are used by `--finder runs:/<id>/finder.npz` beside the same `--fields`.

    Same as `mlflow run . -e train --env-manager local -P data=FOLDER`.
    """

    data: Labelled = SAMPLE
    fields: Annotated[
        str, Option(help="YAML of fields: learn where they stand; empty: train the linker")
    ] = ""
    n: Count = 0
    folds: Annotated[int, count("of the cross-validation")] = 5
    curve: Annotated[
        str,
        Option(help="further numbers of forms to train the linker on; empty: none"),
    ] = "10,25,50"
    seed: Annotated[int, count("draws the n forms and the folds")] = 0
    words: Annotated[
        Path | None,
        optional_folder("folder of the words read; empty: in the user's cache folder"),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Calibrate:
    """Make confidences true on your own labelled forms: 0.9 is then right nine times in ten.

    Registers the model with the calibration. Forms it was calibrated on do not judge it.

    Same as `mlflow run . -e calibrate --env-manager local -P data=FOLDER`.
    """

    model_uri: Annotated[str, Option(help="a registered version; empty: the champion")] = ""
    data: Judging = SAMPLE
    documents: Documents = None
    n: Count = 0
    seed: Seed = 0
    trace_content: Kept = ""
    trace_images: TraceImages = ""
    cache: Annotated[CacheMode, Option(help="replies of the LLM on disk")] = "read-write"
    cache_path: CachePath = ""


@dataclass(frozen=True, kw_only=True)
class Monitor:
    """Hold what happens in production against the model's last evaluation.

    Outcomes, review, confidence, tokens, cost, time, unknown questions, quality of the scans: each
    with an interval and a verdict. Exit code 0: steady, 3: something changed, 4: too little seen.

    Same as `mlflow run . -e monitor --env-manager local -P rows=FILE`.
    """

    rows: Annotated[
        Path | None, optional_folder("file of rows of a batch, as extract writes it")
    ] = None
    traces: Annotated[str, Option(help="experiment a served model is traced to")] = ""
    days: Annotated[float, Option(help="how far back traces are looked at")] = 7.0
    most: Annotated[int, count("traces at most, newest first")] = 2000
    model_uri: Annotated[str, Option(help="a registered version; empty: the champion")] = ""
    sample: Annotated[
        Path | None, optional_folder("file for the rows a person is to look at, drawn at random")
    ] = None
    sample_share: Annotated[float, Option(help="share of the documents that is drawn")] = 0.02
    reviewed: Annotated[
        Path | None, optional_folder("folder where rows drawn before were reviewed: how right")
    ] = None


@dataclass(frozen=True, kw_only=True)
class RegisterPrompts:
    """Register the prompts that come with the package; texts already there are left alone."""


@dataclass(frozen=True, kw_only=True)
class Cache:
    """Look at, copy or empty the replies that the LLM engine keeps on disk.

    A copy named *.jsonl is for reading; any other is a cache again, for `--cache replay`.
    """

    action: Annotated[
        Literal["inspect", "export", "expire", "clear"],
        Argument(
            help="how many replies there are, of which LLM; write a copy; remove old ones; all"
        ),
    ]
    file: Annotated[Path | None, Argument(help="export: a new file")] = None
    older_than: Annotated[str, Option(help="expire: an age, like 180d or 12h")] = ""
    cache_path: CachePath = ""


@dataclass(frozen=True, kw_only=True)
class CheckEndpoint:
    """Say in seconds whether pages can be read at OPENAI_BASE_URL with OPENAI_API_KEY.

    Reads a small test page as any engine would, and prints the settings to use. Exit code 1: it
    cannot be used.
    """

    llm: Annotated[str, Option(help="name of the language model")] = DEFAULT_LLM
    llm_parameters: Annotated[str, Option(help="JSON object to try with every call")] = ""
    settings: Annotated[str, Option(help="JSON object of further settings to try")] = ""
    timeout_s: Annotated[
        float, Option("--timeout", help="seconds for the page, retries included")
    ] = 30.0


@dataclass(frozen=True, kw_only=True)
class Client:
    """Ask a running model server (`mlflow models serve`) to read documents.

    Prints one JSON object each. Exit code 1: a document was not read in whole; 2: there was no
    answer.
    """

    files: Annotated[list[Path], Argument(metavar="FILE...")]
    url: Annotated[str, Option(help="where the model is served")] = SERVED_AT
    timeout_s: Annotated[float, Option("--timeout", help="seconds per document")] = 75.0
    full: Annotated[bool, Option("--full", help="print the whole row")] = False


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A page in the browser for a model that is served with `mlflow models serve`.

    Drop a scan or a PDF, see its pairs, where they stand, how it ended and how long it took. Keeps
    nothing.

    With an LLM named, a second page tries prompts: one document, one or two versions side by side,
    also a text that is not saved yet. Each reading is a trace.
    """

    url: Annotated[str, Option(help="where the model is served")] = SERVED_AT
    llm: Annotated[str, Option(help="try prompts with this language model")] = ""
    llm_parameters: LLMParameters = ""
    fields: Fields = ""
    settings: Settings = ""
    host: Annotated[str, Option(help="0.0.0.0 lets the network in")] = "127.0.0.1"
    port: int = 8000
    max_bytes: Annotated[int, Option(help="per document")] = 20_000_000
    user_header: UserHeader = ""
    public_host: PublicHost = ""


@dataclass(frozen=True, kw_only=True)
class Review:
    """A page in the browser to look at what was read, and to put it right.

    Documents are a folder of scans, which the model reads meanwhile, the rows of a batch, or the
    traces of an experiment. What is done becomes labels in a folder and expectations in MLflow.

    Same as `mlflow run . -e review --env-manager local -P data=FOLDER`.
    """

    data: Annotated[Path | None, optional_folder("of scans that nothing has read yet")] = None
    rows: Annotated[str, Option(help="what extract wrote: .parquet, .jsonl or .csv")] = ""
    documents: Annotated[
        Path | None, optional_folder("where the pages of rows or traces are looked for")
    ] = None
    traces: Annotated[str, Option(help="name of an experiment with traces")] = ""
    into: Annotated[
        Path | None,
        optional_folder("for reviews and labels; empty: the folder of scans, else `reviewed`"),
    ] = None
    export: Annotated[
        str, Option(help="write the rows as they were corrected to this new file, and end")
    ] = ""
    model_uri: Annotated[str, Option(help="reads the scans; empty: the champion")] = ""
    order: Annotated[
        Literal["least_sure", "random"],
        Option(help="least_sure: what needs a person first; random: a draw, for an honest test"),
    ] = "least_sure"
    n: Annotated[int, count("how many documents; 0 = all")] = 0
    seed: Annotated[int, count("of the draw")] = 0
    user: Annotated[str, Option(help="who reviews; empty: who runs this command")] = ""
    user_header: UserHeader = ""
    public_host: PublicHost = ""
    host: Annotated[str, Option(help="0.0.0.0 lets the network in, with a token")] = "127.0.0.1"
    port: Annotated[int, count("of the page")] = 8001
    token: Annotated[str, Option(help="empty: one is made where others are let in")] = ""


@dataclass(frozen=True, kw_only=True)
class PracticeLlm:
    """An LLM to practise with, without a key: an endpoint on this machine, named `practice`.

    It reads pages by the embedded engine and errs in known ways that a prompt can cure, so that
    prompts can be tried, compared and promoted. None of its figures is an LLM's.
    """

    host: Annotated[str, Option(help="0.0.0.0 lets the network in")] = "127.0.0.1"
    port: int = 8100


@dataclass(frozen=True, kw_only=True)
class MakeFields:
    """Convert a Pydantic model or a JSON Schema into a file of fields, once.

    Same as `mlflow run . -e make_fields --env-manager local -P source=… -P output=…`.
    """

    source: Annotated[str, Option(help="module:Class of a Pydantic model, or a file that is .json")]
    output: Annotated[Path, Option(help="a YAML that is not there yet")]


@dataclass(frozen=True, kw_only=True)
class ProposeFields:
    """Draft a file of fields from what at least five documents ask.

    Of labelled forms the labels say it; anything else is read first, by the embedded engine unless
    a model is named.

    Same as `mlflow run . -e propose_fields --env-manager local -P data=… -P output=…`.
    """

    data: Annotated[str, Option(help="folder of labelled forms, or of documents")]
    output: Annotated[Path, Option(help="a YAML that is not there yet")]
    model_uri: Annotated[str, Option(help="reads the documents; empty: the embedded engine")] = ""


@dataclass(frozen=True, kw_only=True)
class FetchFunsd:
    """Fetch the FUNSD dataset, verify it and unpack it.

    Downloads the official archive, verifies its SHA-256 and unpacks it into `<to>/dataset`. Does
    nothing where that is already done. Without a network: `--archive dataset.zip`.

    FUNSD (Jaume, Ekenel and Thiran, 2019; https://guillaumejaume.github.io/FUNSD/) may be used for
    non-commercial, research and educational purposes only.
    """

    to: Annotated[Path, Option(help="folder to fill")] = Path("data/funsd")
    url: Annotated[str, Option(help="a mirror of the same archive; empty: the official one")] = ""
    archive: Annotated[Path | None, Option(help="the archive, if downloaded by hand")] = None


@dataclass(frozen=True, kw_only=True)
class Verify:
    """Check the files of a registered version against the digests recorded when it was logged.

    Nothing of the model is run. Exits with 1 where a file is not what it was, with 3 where no
    digests were recorded.
    """

    folder: Annotated[
        Path, Option(help="of the model; one that is not there yet is filled, if all is right")
    ]
    model_uri: Annotated[str, Option(help="a registered version; empty: the champion")] = ""
    files_sha256: Annotated[
        str, Option(help="what you noted elsewhere; empty: what MLflow recorded")
    ] = ""


@dataclass(frozen=True, kw_only=True)
class Access:
    """Set up who may do what on a tracking server with passwords; without `--grant`, only say it.

    Four roles of MLflow: reader, prompt-editor, reviewer, releaser (docs/access.md). Is run by an
    administrator of the server, `mlflow server --app-name basic-auth`; the users are there already.
    What is granted once is not granted twice.

    Exit codes: 0 it is as shown; 3 somebody has more than their role gives; 2 an error before.
    """

    reader: Annotated[str, Option(help="names of users, separated by commas")] = ""
    prompt_editor: Annotated[str, Option(help="the same: write and evaluate prompts")] = ""
    reviewer: Annotated[str, Option(help="the same: put right what was read")] = ""
    releaser: Annotated[str, Option(help="the same: move the champion, through the gate")] = ""
    remove: Annotated[str, Option(help="take all four roles from these users first")] = ""
    grant: Annotated[bool, Option("--grant", help="do it; else nothing is changed")] = False
    model: Annotated[str, Option(help="the registered model")] = _MODEL
    prompt: Annotated[str, Option(help="the prompt")] = _PROMPT
    experiment: Annotated[str, Option(help="runs and traces, what is reviewed and evaluated")] = (
        _MODEL
    )


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
