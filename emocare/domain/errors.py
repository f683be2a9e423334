"""Errors whose message a person can act on.

Only ``pages``, ``ui`` and ``cli`` catch them; every message names the cause and the remedy.
"""


class EmoCareError(Exception):
    """Base of every error that is meant to be read by a person."""


class InputError(EmoCareError):
    """What was given cannot be used as it is."""


class VideoUnreadable(InputError):
    """The file holds no picture that can be decoded."""


class VideoTooLong(InputError):
    """The recording is longer or larger than the limits."""


class ImageUnreadable(InputError):
    """The file is not a picture that can be decoded."""


class AnswerOutOfRange(InputError):
    """An answer is not one of the options of its question."""


class ModelError(EmoCareError):
    """The shipped networks cannot be used."""


class WeightsMissing(ModelError):
    """A weight file named in the manifest is not there."""


class WeightsCorrupt(ModelError):
    """A weight file does not have the SHA-256 of the manifest, or fails its self-test."""


class RecipeMismatch(ModelError):
    """The graph does not take or give what the manifest says."""


class StoreError(EmoCareError):
    """The database cannot do what was asked."""


class StoreBusy(StoreError):
    """Another process holds the database file."""


class WrongKey(StoreError):
    """The database cannot be opened with this key."""


class SchemaTooNew(StoreError):
    """The database was written by a newer version of Emo-Care."""


class ChangedElsewhere(StoreError):
    """Somebody changed the same record in another window since it was shown."""


class NotFound(StoreError):
    """No record has this identifier."""


class ReportError(EmoCareError):
    """The report cannot be made, signed or amended."""


class AccessDenied(EmoCareError):
    """The person signed in may not do this."""


class NotConfirmed(AccessDenied):
    """It needs the password once more, just before."""


class Cancelled(EmoCareError):
    """The work was ended on request before it was finished."""
