"""Train the model: python -m kb.training --data PATH --out PATH."""

from __future__ import annotations

import argparse
import json
import logging
from dataclasses import replace
from pathlib import Path

from kb.training.run import train
from kb.training.settings import Settings


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(prog="kb.training", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of the training data"
    )
    parser.add_argument(
        "--corpus", type=Path, default=Path("corpus"), help="the starter corpus"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of the model to write"
    )
    parser.add_argument(
        "--steps", type=int, default=Settings().steps, help="training steps"
    )
    parser.add_argument(
        "--hold",
        type=int,
        nargs="*",
        default=[0],
        help="folds of the lay questions kept out",
    )
    parser.add_argument("--seed", type=int, default=Settings().seed)
    given = parser.parse_args()
    if given.out.exists() and any(given.out.iterdir()):
        parser.error(
            f"{given.out} holds files already: name an empty folder with --out"
        )
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    settings = replace(
        Settings(), steps=given.steps, seed=given.seed, hold=tuple(given.hold)
    )
    logging.info("%s", json.dumps(train(given.data, given.corpus, given.out, settings)))


if __name__ == "__main__":
    main()
