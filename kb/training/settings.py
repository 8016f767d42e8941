"""All settings of one training run."""

from __future__ import annotations

from dataclasses import dataclass, field


def _first_mix() -> dict[str, float]:
    """Give each source of pairs its share of the first model's batches: human-made more,
    machine-written less.
    """
    return {
        "lay_question_article": 6.0,
        "query_statute_answer": 1.0,
        "query_statute_weak": 3.0,
        "query_answer_llm": 2.0,
        "heading_article": 3.0,
        "article_cites_article": 1.0,
        "question_context": 1.0,
        "issue_sentence": 1.0,
        "argument_reply": 0.5,
        "fact_evidence": 0.2,
        "fact_reasoning": 0.5,
        "article_sentence_rest": 6.0,
        "judgment_neighbours": 3.0,
        "exam_question_answer": 2.0,
    }


def _mix() -> dict[str, float]:
    """Give each source its share of the second model's batches; the last are new to it."""
    return _first_mix() | {
        "lay_question_article": 4.0,
        "query_statute_weak": 2.0,
        "query_answer_llm": 1.0,
        "article_clause_rest": 5.0,
        "case_halves": 4.0,
        "corpus_parts": 3.0,
        "corpus_questions": 3.0,
        "labelled_question": 3.0,
        "labelled_ranking": 6.0,
    }


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run depends on besides its data."""

    seed: int = 20240601
    words: int = 27_000
    longest_word: int = 8
    dimensions: int = 256
    window: int = 5
    context_smoothing: float = 0.75
    rarity_floor: float = 1e-3
    first_steps: int = 600
    steps: int = 1500
    batch: int = 1024
    extra_negatives: int = 1024
    temperature: float = 0.05
    learning_rate: float = 8e-4
    warmup: int = 100
    query_tokens: int = 160
    passage_tokens: int = 240
    token_dropout: float = 0.6
    title_share: float = 0.5
    #: Folds of the lay questions kept out of training.
    hold: tuple[int, ...] = (0,)
    clause_rounds: int = 2
    #: Questions without a known article that the first model and BM25 may label.
    questions: int = 24_000
    #: A label counts when the article is among the first so many by words, by question
    #: and answer, by question.
    agreement: tuple[int, int, int] = (3, 5, 20)
    keyword_depth: int = 100
    keyword_weight: float = 0.2
    candidates: int = 32
    #: Candidates of one labelled question in a batch: the best four and some of the rest.
    compared: int = 16
    ranking_batch: int = 256
    first_mix: dict[str, float] = field(default_factory=_first_mix)
    mix: dict[str, float] = field(default_factory=_mix)
