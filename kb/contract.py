"""The JSON shape of a document: `kb show --json` and `GET /api/documents/{id}` answer with it."""

from __future__ import annotations

from typing import Any

from msgspec import structs, to_builtins

from kb.records import Document, DocumentHead, Metadata


def document_url(head: DocumentHead) -> str:
    """Return the lasting address of a document on the web pages."""
    return f"/documents/{head.id}"


def metadata_to_dict(metadata: Metadata) -> dict[str, Any]:
    """Return what is known as plain values; what is not said is left out."""
    known = structs.asdict(metadata)
    return {
        name: to_builtins(value)
        for name, value in known.items()
        if value not in (None, (), {})
    }


def document_to_dict(document: Document) -> dict[str, Any]:
    """Return a document as JSON-ready values; sources of grade C are counted, never named."""
    head = document.head
    metadata = metadata_to_dict(head.metadata)
    metadata.pop("visibility", None)
    metadata.pop("verified_in", None)  # an editor's note, which names reposts
    metadata["sources"] = [
        {"name": s.name, "grade": s.grade, "url": s.url}
        if s.grade != "C"
        else {"name": None, "grade": "C", "url": None}
        for s in head.metadata.sources
    ]
    return {
        "document_id": head.id,
        "slug": head.slug,
        "title": head.title,
        "kind": head.kind,
        "collection": head.collection,
        "visibility": head.visibility.name.lower(),
        "case_number": head.case_number,
        "authority": head.authority,
        "region": head.region,
        "decided_on": head.decided_on,
        "url": document_url(head),
        "metadata": metadata,
        "sections": [
            {"role": s.role, "heading": s.heading, "start": s.start, "end": s.end}
            for s in document.sections
        ],
        "passages": [
            {
                "passage_id": p.id,
                "role": p.role,
                "start": p.start,
                "end": p.end,
                "paragraph": p.paragraph,
                "page": p.page,
            }
            for p in document.passages
        ],
        "text": document.text,
    }
