"""Fine-tunes a sentence-transformers directory on labelled triplets; the result is a new space.

Each need is pulled towards what was accepted for it and away from what was rejected and from what
was accepted for the batch's other needs (MultipleNegativesRankingLoss). The embeddings of words
stay as they are: they are most of a multilingual model, and a few hundred decisions would only
bend the words that happen to occur in them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from matching.encoder_options import EncoderOptions
from matching.errors import EncoderUnavailable, ModelDirectoryError, TrainingDataError
from matching.new_directory import new_directory, refuse_what_is_there
from matching.sentence import chosen_prompts, load_model
from matching.triplets import FIELDS, Triplet

Progress = Callable[[int, int], None]
"""Called with the steps done and with all that there will be."""

PACKAGES = ("torch", "sentence_transformers", "accelerate", "datasets")
_WARM_UP = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningOptions:
    """How to train; the same options, triplets and machine give the same model."""

    epochs: int = 1
    most_steps: int | None = None
    """Stop after so many batches."""
    batch: int = 8
    """Triplets at a time; more are better judges of each other and need more memory."""
    tokens: int = 256
    """What is read of a text while training; the saved model reads as much as before."""
    learning_rate: float = 2e-5
    seed: int = 1
    threads: int = 1
    cpu: bool = False
    """Leave a graphics card alone."""
    query_prompt: str | None = None
    """As in `EncoderOptions`; both prompts are saved with the model."""
    document_prompt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningReport:
    """What training did."""

    triplets: int
    losses: tuple[float, ...]
    """Of each step's batch."""
    trained: int
    frozen: int
    """Numbers in the model that were and were not changed."""
    device: str


def fine_tune(
    source: Path,
    triplets: Sequence[Triplet],
    target: Path,
    options: TuningOptions | None = None,
    *,
    progress: Progress = lambda _done, _all: None,
) -> TuningReport:
    """Train the model in `source`, offline, and save it as a directory for `st:TARGET`.

    Raises ModelDirectoryError when `source` is no directory or `target` exists, TrainingDataError
    for fewer than two triplets, EncoderUnavailable when a package is missing or the model cannot
    be loaded.
    """
    options = options or TuningOptions()
    if not source.is_dir():
        raise ModelDirectoryError(f"There is no directory {source} with a model to start from.")
    if len(triplets) < 2:
        raise TrainingDataError("Training needs two triplets at least: each judges the other.")
    check_tuning(target)
    with new_directory(target) as folder:
        model = _loaded(source, options)
        own_length = model.max_seq_length
        model.max_seq_length = min(own_length or options.tokens, options.tokens)
        trainer = _trainer(model, triplets, folder, options, progress)
        trainer.train()
        model.max_seq_length = own_length
        model.save(str(folder), create_model_card=False)
        return _report(trainer, len(triplets))


def check_tuning(target: Path) -> None:
    """Refuse early what `fine_tune` would: a missing package, a target that is there already."""
    refuse_what_is_there(target)
    missing = [package for package in PACKAGES if find_spec(package) is None]
    if missing:
        raise EncoderUnavailable(
            f"Training needs {', '.join(missing)}: pip install torch, then "
            "pip install 'needsbank[train]'"
        )


def _loaded(source: Path, options: TuningOptions) -> Any:
    import torch  # noqa: PLC0415 -- slow import

    torch.set_num_threads(options.threads)
    wished = EncoderOptions(
        device="cpu" if options.cpu else "",
        query_prompt=options.query_prompt,
        document_prompt=options.document_prompt,
    )
    try:
        model = load_model(str(source), wished, offline=True)
    except Exception as broken:  # whatever a model's files may bring about
        raise EncoderUnavailable(f"Cannot load {source}: {broken}") from broken
    query, document = chosen_prompts(wished, model.prompts or {}, source.name)
    model.prompts = {"query": query, "document": document}
    # Else the trainer picks texts for a page about the model, with a bar of its own.
    model.model_card_data.widget = [{}]
    for part in model.modules():
        if hasattr(part, "get_input_embeddings"):
            part.get_input_embeddings().requires_grad_(requires_grad=False)
    return model


def _trainer(
    model: Any,
    triplets: Sequence[Triplet],
    folder: Path,
    options: TuningOptions,
    progress: Progress,
) -> Any:
    from datasets import Dataset  # noqa: PLC0415 -- slow import
    from sentence_transformers import (  # noqa: PLC0415 -- slow import
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
    from sentence_transformers.sentence_transformer.losses import (  # noqa: PLC0415 -- slow import
        MultipleNegativesRankingLoss,
    )
    from transformers import PrinterCallback  # noqa: PLC0415 -- slow import

    query, document = model.prompts["query"], model.prompts["document"]
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(folder),
        num_train_epochs=options.epochs,
        max_steps=options.most_steps or -1,
        per_device_train_batch_size=options.batch,
        learning_rate=options.learning_rate,
        warmup_steps=_WARM_UP,
        # What was accepted for two needs of a batch would count as wrong for both.
        batch_sampler="no_duplicates",
        prompts=dict(zip(FIELDS, (query, document, document), strict=True)),
        seed=options.seed,
        use_cpu=options.cpu,
        dataloader_pin_memory=False,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    columns = {field: [getattr(triplet, field) for triplet in triplets] for field in FIELDS}
    trainer = SentenceTransformerTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_dict(columns),
        loss=MultipleNegativesRankingLoss(model),
        callbacks=[_reporting(progress)],
    )
    trainer.remove_callback(PrinterCallback)  # the losses are in the report
    return trainer


def _reporting(progress: Progress) -> Any:
    from transformers import TrainerCallback  # noqa: PLC0415 -- slow import

    class Reporting(TrainerCallback):  # type: ignore[misc]  # its types are not followed
        def on_step_end(self, _args: Any, state: Any, _control: Any, **_rest: Any) -> None:
            progress(state.global_step, state.max_steps)

    return Reporting()


def _report(trainer: Any, triplets: int) -> TuningReport:
    parameters = list(trainer.model.parameters())
    trained = sum(each.numel() for each in parameters if each.requires_grad)
    return TuningReport(
        triplets=triplets,
        losses=tuple(line["loss"] for line in trainer.state.log_history if "loss" in line),
        trained=trained,
        frozen=sum(each.numel() for each in parameters) - trained,
        device=str(trainer.args.device),
    )
