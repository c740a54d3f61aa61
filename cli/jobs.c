/* canvass jobs: those of a dataset or a state, the newest first. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/link.h"
#include "cli/listing.h"

enum {
  ID_DIGITS_MIN = 8,
  MESSAGE_COLUMNS = 80, /* with the title before it */
  MESSAGE_BYTES = 80,   /* of one that is made here */
  TERMINAL_JOBS = 50,
  LIMIT_MAX = 1000000,
};

/* As the broker names them, and as people read them. */
static const char *const states[] = {"queued", "running", "done", "failed", "cancelled", NULL};
static const char *const state_words[][LANGUAGES] = {
    SAID("queued", "排队中", "排隊中"),    SAID("running", "运行中", "執行中"),
    SAID("done", "已完成", "已完成"),      SAID("failed", "失败", "失敗"),
    SAID("cancelled", "已取消", "已取消"),
};

static const option options[] = {
    {'d', "dataset", "NAME", OPTION_TEXT, offsetof(settings, dataset), 0, 0, NULL,
     SAID("only jobs over this dataset", "只列出此数据集的作业", "只列出此資料集的作業")},
    {0, "state", "STATE", OPTION_CHOICE, offsetof(settings, job_state), 0, 0, states,
     SAID("only queued, running, done, failed or cancelled ones",
          "只列出此状态：queued、running、done、failed、cancelled",
          "只列出此狀態：queued、running、done、failed、cancelled")},
    {'n', "limit", "N", OPTION_COUNT, offsetof(settings, limit), 1, LIMIT_MAX, NULL,
     SAID("the newest N; default: 50 on a terminal, otherwise all",
          "最新的 N 个；默认：终端上 50 个，否则全部", "最新的 N 個；預設：終端機上 50 個，否則全部")},
    LISTING_JSON_OPTION,
    LINK_OPTIONS,
    LANGUAGE_OPTION,
};

/* ---- Choosing ------------------------------------------------------------------------------------ */

static bool is_wanted(const settings *s, const json *job) {
  return (s->dataset == NULL || strcmp(json_as_cstring(json_get(job, "dataset")), s->dataset) == 0) &&
         (s->job_state < 0 || strcmp(json_as_cstring(json_get(job, "state")), states[s->job_state]) == 0);
}

/* 0: all. */
static uint64_t most_of(const settings *s) {
  const bool is_terminal = !s->json && isatty(STDOUT_FILENO) == 1;
  return s->limit > 0 ? s->limit : is_terminal ? TERMINAL_JOBS : 0;
}

static status ask(session *link, const settings *s, buf *out, error *err) {
  const session_choice by = {
      .limit = most_of(s), .dataset = s->dataset, .state = s->job_state < 0 ? NULL : states[s->job_state]};
  return session_list_jobs(link, &by, out, err);
}

/* They arrive in the order of submission, from a broker of an earlier release all of them. */
static void choose(const settings *s, listed *l) {
  const uint64_t limit = most_of(s);
  const uint64_t most = limit > 0 ? limit : UINT64_MAX;
  l->count = 0;
  size_t wanted = 0;
  for (size_t i = json_count(l->all); i > 0; i--) {
    const json *job = json_at(l->all, i - 1);
    if (is_wanted(s, job) && wanted++ < most) {
      l->items[l->count++] = job;
    }
  }
  const size_t matching = (size_t)listing_figure_or(l, "matching", wanted);
  l->left_out = s->limit > 0 ? 0 : matching - l->count; /* the user set the limit */
}

/* ---- The table ----------------------------------------------------------------------------------- */

static const listing_column job_columns[] = {
    {SAID("JOB", "作业", "作業"), false, 0},
    {SAID("STATE", "状态", "狀態"), false, 0},
    {SAID("DATASET", "数据集", "資料集"), false, 0},
    {SAID("ROWS", "行数", "列數"), true, 0},
    {SAID("COMPUTED", "新计算", "新計算"), true, 0},
    {SAID("CACHED", "来自缓存", "來自快取"), true, 0},
    {SAID("SUBMITTED", "提交时间", "提交時間"), true, 0},
    {SAID("TITLE", "标题", "標題"), false, MESSAGE_COLUMNS},
};

static int compare_ids(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* As many digits as make all ids distinct: when sorted, those that share most are neighbours. */
static int id_digits(const json *jobs, arena *memory) {
  const size_t count = json_count(jobs);
  size_t digits = ID_DIGITS_MIN;
  const char **ids = ARENA_ARRAY(memory, const char *, count);
  if (ids == NULL) {
    return (int)digits;
  }
  for (size_t i = 0; i < count; i++) {
    ids[i] = json_as_cstring(json_get(json_at(jobs, i), "id"));
  }
  qsort(ids, count, sizeof *ids, compare_ids);
  for (size_t i = 1; i < count; i++) {
    size_t same = 0;
    while (ids[i][same] != '\0' && ids[i][same] == ids[i - 1][same]) {
      same++;
    }
    digits = same + 1 > digits ? same + 1 : digits;
  }
  return (int)digits;
}

static void put_state(table *t, const json *job) {
  const char *state = json_as_cstring(json_get(job, "state"));
  const uint64_t total = listing_figure(job, "rows_total");
  if (strcmp(state, "running") == 0 && total > 0) {
    table_printf(
        t, language_say("stage %" PRIu64 ", %d%%", "第 %" PRIu64 " 阶段，%d%%", "第 %" PRIu64 " 階段，%d%%"),
        listing_figure(job, "stage") + 1,
        (int)((double)listing_figure(job, "rows_done") / (double)total * 100));
    return;
  }
  for (size_t i = 0; states[i] != NULL; i++) {
    if (strcmp(state, states[i]) == 0) {
      state = language_said(state_words[i]);
      break;
    }
  }
  table_put(t, slice_of(state));
}

/* What it waits for, why it ended, or that rows are missing. */
static slice message_of_job(const json *job, char lost[MESSAGE_BYTES]) {
  const json *waits = json_get(job, "waits");
  const slice message = json_as_text(waits != NULL ? waits : json_get(job, "message"));
  const uint64_t rows = listing_figure(job, "rows_lost");
  if (message.length > 0 || json_get(job, "shards_lost") == NULL) {
    return message;
  }
  char count[TEXT_COUNT_BYTES];
  (void)snprintf(lost, MESSAGE_BYTES, "without %s lost %s", text_of_count(rows, count),
                 text_plural(rows, "row", "rows"));
  return slice_of(lost);
}

static void put_job(table *t, const json *job, int digits) {
  table_printf(t, "%.*s", digits, json_as_cstring(json_get(job, "id")));
  put_state(t, job);
  const slice dataset = table_shorten(t, json_as_text(json_get(job, "dataset")), LISTING_NAME_COLUMNS);
  table_printf(t, "%.*s:%" PRIu64, SLICE_ARG(dataset), listing_figure(job, "version"));
  listing_put_count(t, job, "rows_total");
  listing_put_count(t, job, "computed");
  listing_put_count(t, job, "cached");
  listing_put_since(t, job, "submitted");
  char lost[MESSAGE_BYTES];
  const slice message = message_of_job(job, lost);
  const slice title = table_shorten(t, json_as_text(json_get(job, "title")),
                                    message.length > 0 ? LISTING_TITLE_COLUMNS : MESSAGE_COLUMNS);
  table_printf(t, message.length > 0 ? "%.*s: %.*s" : "%.*s%.*s", SLICE_ARG(title), SLICE_ARG(message));
}

/* Enough digits for all jobs, not only for those shown: a printed id finds its job. */
static void fill(table *t, const listed *l) {
  const uint64_t told = listing_figure_or(l, "id_digits", 0);
  const int digits =
      told > 0 ? (int)(told > ID_DIGITS_MIN ? told : ID_DIGITS_MIN) : id_digits(l->all, t->memory);
  for (size_t i = 0; i < l->count; i++) {
    put_job(t, l->items[i], digits);
  }
}

/* ---- The subcommand ------------------------------------------------------------------------------ */

static status jobs(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)operands;
  (void)count;
  static const listing all = {.what = "jobs",
                              .noun = SAID("jobs", "作业", "作業"),
                              .none = SAID("no jobs", "没有作业", "沒有作業"),
                              .columns = job_columns,
                              .columns_count = sizeof job_columns / sizeof job_columns[0],
                              .fill = fill,
                              .ask = ask,
                              .choose = choose};
  return listing_print(s, &all, err);
}

const subcommand subcommand_jobs = {
    .name = "jobs",
    .summary = LISTING_SUMMARY,
    .usage = "[OPTIONS]",
    .about = SAID("Lists jobs, the newest first: how far they are, and how many partial statistics\n"
                  "(one for each shard and accumulator) were computed and came from caches.\n"
                  "Long texts are cut; --json has all of them.\n",
                  "列出作业，最新的在前：进度，以及有多少部分统计量（每个分片、每个累加器\n"
                  "一份）是新计算的、有多少来自缓存。\n"
                  "过长的文本会截短；--json 给出全文。\n",
                  "列出作業，最新的在前：進度，以及有多少部分統計量（每個分片、每個累加器\n"
                  "一份）是新計算的、有多少來自快取。\n"
                  "過長的文字會截短；--json 給出全文。\n"),
    .example = "canvass jobs --dataset airline --state running\ncanvass jobs --json --limit 1\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .run = jobs,
};
