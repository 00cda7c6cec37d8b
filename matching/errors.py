"""What can go wrong in matching, in words that say what to do."""


class MatchingError(Exception):
    """Any refusal of this library; catch it to catch them all."""


class UnknownEncoder(MatchingError):
    """An encoder name that `load_encoder` does not know."""


class EncoderUnavailable(MatchingError):
    """An encoder whose package, weights or model directory is missing or not the reviewed one."""


class MatcherFileError(MatchingError):
    """A stored index or matcher version that is missing, damaged or made for another encoder."""


class EvaluationError(MatchingError):
    """A folder of judged texts that cannot be read, or a method that nobody knows."""


class ModelDirectoryError(MatchingError):
    """A model's directory that cannot be written, or is in the way."""


class TrainingDataError(MatchingError):
    """Labelled texts that cannot be read or are too few to learn from."""
