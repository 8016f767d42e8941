# make run · make test · make lint · make gold · make bench: each sets up what it needs.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export KB_HOME ?= $(CURDIR)/data

.PHONY: run model fuzz test test-hostile test-transformers lint gold bench bench-quick setup-dev setup-browser setup-load clean help

help: ## 列出可用命令
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: $(VENV)/.installed ## 首次运行自动安装并收入起步语料,然后在 http://127.0.0.1:$(PORT) 提供网页
	@$(BIN)/kb add --if-empty corpus > /dev/null
	@exec $(BIN)/kb serve --port $(PORT)

test: setup-dev setup-browser ## 运行全部测试(含真实浏览器)
	$(BIN)/pytest

test-transformers: setup-dev ## 另装 sentence-transformers 与 torch(约 1.3 GB),核对向量与之相同,并试其他模型与重排
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[transformers,training]'
	$(BIN)/pytest tests/kb/test_embedding.py tests/kb/test_training.py tests/search/test_reranking.py tests/cli/test_reembedding.py

test-hostile: setup-dev ## 攻击本程序并计数,见 docs/tested.md(两核约一小时;ONLY=某种攻击,SCALE=0.1 少做些,WRITE=1 写出该页)
	$(BIN)/python -m tests.hostile $(foreach key,$(ONLY),--only $(key)) $(if $(SCALE),--scale $(SCALE)) $(if $(WRITE),--write)

fuzz: setup-dev ## 每种格式 2,000 个变异文件,逐个读出并计数(两核约三分钟;ONLY=某种格式,TRIES=每种多少个)
	$(BIN)/python -m tests.fuzz $(foreach key,$(ONLY),--only $(key)) $(if $(TRIES),--tries $(TRIES))

model: setup-dev ## 重新训练随附的向量模型(另装约 1.3 GB,单核约 10 分钟;DATA= 训练数据目录,OUT= 输出目录)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[transformers,training]'
	OMP_NUM_THREADS=1 $(BIN)/python -m kb.training --data $(or $(DATA),../shared/data) --corpus corpus --out $(or $(OUT),build/zh-legal-static)

lint: setup-dev ## 代码检查:ruff 与 mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

gold: setup-dev ## 标准题集的检索质量与下限(收紧下限:GOLD_ARGS=--write,见 docs/evaluation.md),并与冻结的答复、页面对照
	$(BIN)/python -m tests.gold $(GOLD_ARGS)
	$(BIN)/python -m tests.golden

bench: $(VENV)/.installed-bench setup-load ## 速度与质量:58,661 条法条、1,000,000 片段,与下限、zvec、milvus-lite、LanceDB 同场(约 15 分钟,临时占 6 GB;DATA= 指定数据)
	$(BIN)/python -m tests.bench --million --peers $(if $(DATA),--data $(DATA)) $(BENCH_ARGS)

bench-quick: setup-dev setup-load ## 同上,只测 58,661 条法条,不装对照软件(约 2 分钟)
	$(BIN)/python -m tests.bench $(if $(DATA),--data $(DATA)) $(BENCH_ARGS)

setup-load:
	@command -v wrk >/dev/null || (apt-get update -qq && apt-get install -y -qq --no-install-recommends wrk >/dev/null) \
	  || echo "没有 wrk,不测五十个读者同时(Debian 软件包 wrk)" >&2

setup-dev: $(VENV)/.installed-dev

setup-browser:
	@if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then \
	  echo "安装测试用浏览器(Debian 软件包 chromium、chromium-driver)…"; \
	  (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium chromium-driver fonts-noto-cjk >/dev/null) \
	  || { echo "无法安装浏览器。请由管理员运行:apt-get install chromium chromium-driver fonts-noto-cjk,然后重试。" >&2; exit 1; }; \
	fi

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本。" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { echo "无法建立虚拟环境。Debian 上请先运行:apt-get install python3-venv" >&2; exit 1; }
	@echo "安装依赖(只在首次运行时需要网络)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

$(VENV)/.installed-bench: $(VENV)/.installed-dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	@touch $@

clean: ## 删除虚拟环境与缓存(不动数据)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
