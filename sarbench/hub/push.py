"""Publishing a built folder as a dataset repository on the Hub."""

import glob
import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sarbench.build import read_index
from sarbench.build.folder.verify import verify_built
from sarbench.build.index import IMAGES, INDEX_NAME, BuiltIndex, parse_index
from sarbench.build.pages.card import write_card
from sarbench.errors import InputError
from sarbench.schema import SCHEMA
from sarbench.sources import DatasetCard
from sarbench.sources.download.client import endpoint, is_offline

_PAGES = ("README.md", "croissant.json", "quality.json", "QUALITY.md", INDEX_NAME)
_EMPTY = frozenset({".gitattributes", "README.md"})
"""What the Hub itself puts into a new repository."""

_SHARD = re.compile(r"[^/]+/[^/]+-(?:\d{5}-of-\d{5}\.parquet|offsets\.arrow)")
"""A data file as sarbench names it: in the folder of a config, what a push does not bring again is out of date."""

_REPO_ID = re.compile(r"[\w-]+(?:\.[\w-]+)*/[\w-]+(?:\.[\w-]+)*", re.ASCII)


def push(
    folder: Path,
    repo_id: str,
    *,
    card: DatasetCard,
    private: bool = False,
    have_permission: bool = False,
    revision: str | None = None,
    progress: Callable[[int], Any] | None = None,
) -> str:
    """Publish a built folder: what its index lists, its dataset card, `croissant.json` and the quality report.

    Everything is read once more before, so that no damaged file is published. The repository is created when it is not
    there; data files that an earlier push brought and this set no longer has are deleted from it. A repository that
    holds anything else is refused. `croissant.json` gets the hash of every file first.

    Args:
        folder: A folder that `sarbench build` wrote.
        repo_id: `owner/name` of the dataset repository.
        card: What the dataset is.
        private: Create the repository as a private one.
        have_permission: The rights holders allow what the licence does not.
        revision: The branch to publish on; it is created when it is not there. Default: `main`.
        progress: Called with the number of files that were published.

    Returns:
        The URL of the commit.

    Raises:
        InputError: The set is not whole or was damaged; the repository holds something else; its licence does not allow
            to publish it; nobody is logged in; or the Hub refuses.
    """
    index = read_index(folder)
    _check_terms(folder, card, index, have_permission=have_permission)
    files = _files(folder, index)
    _check_login(repo_id)
    verify_built(folder, index)
    from huggingface_hub import HfApi

    api = HfApi(endpoint=endpoint(), library_name="sarbench")
    with _asking(repo_id):
        there = _prepare(api, repo_id, private=private, revision=revision)
        ours = {IMAGES, *index.configs, *_pushed_before(api, repo_id, index.name, there, revision=revision)}
        gone = [path for path in sorted(there - set(files)) if _SHARD.fullmatch(path) and path.split("/")[0] in ours]
        write_card(folder, card, index, hashes={path: _sha256(folder / path) for path in files if path not in _PAGES})
        made = api.upload_folder(
            repo_id=repo_id,
            repo_type="dataset",
            folder_path=folder,
            revision=revision,
            allow_patterns=[glob.escape(path) for path in files],
            delete_patterns=[glob.escape(path) for path in gone],
            commit_message=f"{card.title}, built by sarbench {index.sarbench_version}",
        )
    if progress is not None:
        progress(len(files))
    return str(made.commit_url)


def _check_terms(folder: Path, card: DatasetCard, index: BuiltIndex, *, have_permission: bool) -> None:
    if index.name != card.name:
        raise InputError(where=folder, problem=f"holds {index.name}, not {card.name}", fix="Give the other folder")
    if not (card.may_redistribute or index.simulated or have_permission):
        problem = f"may not be published: the licence of {card.title} is {card.licence!r}"
        fix = "Ask its authors; with their permission, give --i-have-permission (have_permission=True)"
        raise InputError(where=folder, problem=problem, fix=fix)


def _files(folder: Path, index: BuiltIndex) -> list[str]:
    """Return the files to publish, each of them checked to be there and readable."""
    splits = [split for config in index.configs.values() for split in config.values()]
    data = [file.path for split in splits for file in split.files]
    data += [file.path for images in index.images.values() for file in images.files]
    for path in data:
        _check_parquet(folder / path)
    pages = [name for name in _PAGES if (folder / name).is_file()]
    offsets = [images.offsets.path for images in index.images.values()]
    return [*pages, *data, *offsets]


def _check_parquet(path: Path) -> None:
    """Make sure that `datasets` will find the columns and features that sarbench writes."""
    fix = "Build it again with `sarbench build`"
    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(where=path, problem=f"cannot be read ({error})", fix=fix) from error
    if b"huggingface" not in (schema.metadata or {}) or not set(schema.names) <= set(SCHEMA.names):
        raise InputError(where=path, problem="does not have the columns of this sarbench", fix=fix)


def _check_login(repo_id: str) -> None:
    from huggingface_hub import get_token

    if not _REPO_ID.fullmatch(repo_id):
        raise InputError(where=repo_id, problem="is no name of a repository", fix="Give owner/name")
    if is_offline():
        problem = "cannot be reached: requests are switched off"
        raise InputError(where=endpoint(), problem=problem, fix="Unset HF_HUB_OFFLINE and run it again")
    if not get_token():
        fix = "Log in with `hf auth login`, or set HF_TOKEN to a token that may write"
        raise InputError(where=endpoint(), problem="you are not logged in", fix=fix)


def _prepare(api: Any, repo_id: str, *, private: bool, revision: str | None) -> set[str]:
    """Create the repository and the branch, and return the files there; refuse what would be in the way."""
    api.create_repo(repo_id, repo_type="dataset", private=private, exist_ok=True)
    if revision is not None:
        api.create_branch(repo_id, repo_type="dataset", branch=revision, exist_ok=True)
    known = api.dataset_info(repo_id, revision=revision)
    if private and not known.private:
        fix = "Make it private on its settings page, or push without --private"
        raise InputError(where=repo_id, problem="is there already, and is public", fix=fix)
    there = {file.rfilename for file in known.siblings or ()}
    script = f"{repo_id.split('/')[-1]}.py"
    if script in there:
        problem = f"holds {script}: datasets 4 and later refuse a repository with such a script"
        raise InputError(where=repo_id, problem=problem, fix="Delete that file from the repository first")
    return there


def _pushed_before(api: Any, repo_id: str, name: str, there: set[str], *, revision: str | None) -> set[str]:
    """Return the configs that an earlier push brought; refuse a repository that holds something else."""
    if not there - _EMPTY:
        return set()
    fix = "Push into a new repository, or into one that sarbench made for this dataset"
    if INDEX_NAME not in there:
        problem = f"holds other files ({sorted(there - _EMPTY)[0]}), which would be overwritten or mixed up"
        raise InputError(where=repo_id, problem=problem, fix=fix)
    path = api.hf_hub_download(repo_id, INDEX_NAME, repo_type="dataset", revision=revision)
    earlier = parse_index(Path(path).parent)
    if earlier.name != name:
        raise InputError(where=repo_id, problem=f"holds {earlier.name}, not {name}", fix=fix)
    return set(earlier.configs)


@contextmanager
def _asking(repo_id: str) -> Iterator[None]:
    """Turn what the Hub's client raises into a message with a next step.

    Errors of the connection belong to the client below huggingface_hub, which is not the same in all its releases; they
    share a base class with its own error.
    """
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    below = [base for base in HfHubHTTPError.__bases__ if issubclass(base, Exception)]
    known: tuple[type[Exception], ...] = (*below, OSError, HFValidationError)
    try:
        yield
    except known as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        if status in (401, 403):
            fix = "Check that you are a member of that owner and that your token may write (`hf auth login`)"
            raise InputError(where=repo_id, problem="may not be written with your token", fix=fix) from error
        lines = str(error).strip().splitlines() or [type(error).__name__]
        fix = "Check the network and HF_ENDPOINT and push again; what was uploaded is not sent twice"
        raise InputError(where=repo_id, problem=f"could not be published ({lines[0]})", fix=fix) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
