"""Articles of a law's hidden versions are not set beside those of its visible ones."""

from collections.abc import Callable
from pathlib import Path

from ingest.pipeline import Receipt
from kb.law.articles import ArticleKey
from kb.store import Store
from kb.vocabulary import Visibility


def _version(year: int, article: str) -> str:
    provisions = f"provisions: [{{article: {article}, provision: 测试规则}}]"
    front = f"slug: law-{year}\ntitle: 测试文本法（{year}）\nkind: statute\nlaw: 测试法\nversion: '{year}'\n{provisions}"
    return f"---\n{front}\n---\n## {article} 测试规则\n测试文本。\n"


def test_an_article_of_a_hidden_version_has_no_counterparts(
    add: Callable[..., list[Receipt]], home: Path
) -> None:
    add("old.md", _version(2098, "第九条"))
    add("new.md", _version(2099, "第十条"), visibility="internal")
    found = {}
    for clearance in (Visibility.PUBLIC, Visibility.INTERNAL):
        with Store(home, clearance) as store:
            keys = [
                ArticleKey("测试法", "2099", "第十条"),
                ArticleKey("测试法", "2098", "第九条"),
            ]
            rows = store.counterparts(keys)
            found[clearance] = [
                (row.version, row.article) for key in keys for row in rows[key]
            ]

    assert found == {
        Visibility.PUBLIC: [],
        Visibility.INTERNAL: [("2098", "第九条"), ("2099", "第十条")],
    }
