"""An upload handler that never stores more than the largest size anything here accepts.

The rest of a longer body is read and dropped; the file then states its true size, so that the form can say «有 300 MB，超过…»
instead of a bare network error, and the other fields of the form are kept.
"""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class CappedUploadHandler(TemporaryFileUploadHandler):
    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.room: int = settings.UPLOAD_CAP

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start < self.room:
            self.file.write(raw_data[: self.room - start])
