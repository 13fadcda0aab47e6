"""SAR-TEXT's images: those of the right source, and never the optical partner of a SAR image."""

import re

from sarbench.sources.reading.files import IMAGE_SUFFIXES, DataFile, DataFolder, plain
from sarbench.sources.reading.images import ImageIndex, LoadedImage, UnusableImage
from sarbench.sources.sartext.files import SarTextFiles
from sarbench.sources.sartext.paths import reduce_path

# OSdataset keeps `sar/` beside `opt/` (or `train_sar`, `train_opt`), QXS-SAROPT `opt_256_oc_0.2` beside its SAR images.
_OPTICAL = re.compile(r"((train|val|valid|test)[-_ ])?(opt|optical|rgb)([-_ ].*)?", re.IGNORECASE)


class _Radar:
    """A data folder with its SAR images alone."""

    def __init__(self, folder: DataFolder) -> None:
        self.files = tuple(file for file in folder.files if file.suffix in IMAGE_SUFFIXES and not _optical(file))
        self.read = folder.read


class SarImages:
    """The SAR images of a data folder.

    Numbers serve as names in several sources (`QXSLAB_SAROPT/7756.png`), so an image that lies in the folder of another
    source is not taken for a missing one.
    """

    def __init__(self, folder: DataFolder, texts: SarTextFiles) -> None:
        radar = _Radar(folder)
        self.index = ImageIndex(radar)
        self._sources = {plain(source) for source in texts.captions if source}
        for file in radar.files:
            path = reduce_path(file.name)
            if path and path.source:
                self._sources.add(plain(path.source))

    def load(self, name: str, source: str | None, *, split: str, dataset: str) -> LoadedImage:
        """Find and read the image of a path of the authors.

        Args:
            name: The path, reduced.
            source: The set that the image was taken from.
            split: The split of the text; where several images fit, the one in the folder of this split.
            dataset: The name that goes into the paths of the images.

        Raises:
            UnusableImage: No image fits, or several do, or it cannot be read.
        """
        file = self.index.find(name, split=split)
        if source and self._other_source(file, plain(source)):
            raise UnusableImage(problem="image not found", detail=f"{name}; {file.name} is of another source")
        return self.index.load(file, dataset=dataset)

    def _other_source(self, file: DataFile, source: str) -> bool:
        """Tell whether a file lies in the folder of another source; HRSID_JPG is HRSID's as well."""
        folders = [plain(part) for part in file.parts[:-1]]
        return not any(part.startswith(source) for part in folders) and not self._sources.isdisjoint(folders)


def _optical(file: DataFile) -> bool:
    return any(map(_OPTICAL.fullmatch, file.parts[:-1]))
